//! Pages of lists that NOFX gives whole.
//!
//! Its page parameter changes nothing: each page is the same newest items. So the largest list is fetched and cut here, by
//! key, which keeps pages joined while new items come in. What has slid off that list cannot be reached.

use domain::{Page, PageRequest};

/// One page of what is wanted. A key that is no longer in the list has slid off its end, and with it everything that came
/// after.
pub(crate) fn page<T>(
    items: Vec<T>,
    request: &PageRequest,
    key: impl Fn(&T) -> &str,
    is_wanted: impl Fn(&T) -> bool,
) -> Page<T> {
    // The place is looked for before the choice is made: what stood there may not be wanted any more.
    let start = match &request.after {
        None => Some(0),
        Some(after) => items.iter().position(|item| key(item) == after).map(|position| position + 1),
    };
    let Some(start) = start else { return Page::empty() };
    let limit = usize::try_from(request.limit.clamp(1, PageRequest::MAX_LIMIT)).unwrap_or(1);
    let mut rest = items.into_iter().skip(start).filter(is_wanted);
    let items: Vec<_> = rest.by_ref().take(limit).collect();
    let next = items.last().filter(|_| rest.next().is_some()).map(|item| key(item).to_owned());
    Page { items, next }
}

#[cfg(test)]
mod tests {
    use super::page;
    use domain::PageRequest;

    fn of(items: &[&'static str], after: Option<&str>, limit: u32) -> (Vec<&'static str>, Option<String>) {
        let page = page(
            items.to_vec(),
            &PageRequest { after: after.map(str::to_owned), limit },
            |item| item,
            |item| *item != "x",
        );
        (page.items, page.next)
    }

    #[test]
    fn pages_join_and_end() {
        let items = ["e", "d", "c", "b", "a"];
        assert_eq!(of(&items, None, 2), (vec!["e", "d"], Some("d".to_owned())), "the first names its last");
        assert_eq!(of(&items, Some("d"), 2), (vec!["c", "b"], Some("b".to_owned())), "the next starts after it");
        assert_eq!(of(&items, Some("b"), 2), (vec!["a"], None), "the last names none");
        assert_eq!(of(&items, Some("d"), 3), (vec!["c", "b", "a"], None), "nothing comes after the very last");
        assert_eq!(of(&items, Some("gone"), 2), (vec![], None), "what slid off is out of reach");
        assert_eq!(of(&["c", "x", "b", "x"], Some("c"), 1), (vec!["b"], None), "what is not wanted makes no page");
        assert_eq!(of(&["c", "x", "b"], Some("x"), 1), (vec!["b"], None), "but it still marks its place");
        assert_eq!(of(&items, None, 0).0.len(), 1, "a page holds something");
    }
}
