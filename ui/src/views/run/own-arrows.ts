/** For parts of the page that scroll by arrows: there the arrows do not choose steps. Attach it to the part. */
export function ownArrows(part: HTMLElement): () => void {
  const keep = (event: KeyboardEvent) => {
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') event.stopPropagation();
  };
  part.addEventListener('keydown', keep);
  return () => part.removeEventListener('keydown', keep);
}
