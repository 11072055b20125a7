//! The order of steps: layers of what can run together, and the circles that make an order impossible.

/// What came of sorting.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sorted {
    /// Steps by depth; each layer depends only on earlier ones. Steps in or behind a circle are in none.
    pub(super) layers: Vec<Vec<usize>>,
    /// Circles, each as the way round; no step is in two of them. Empty exactly if every step is in a layer.
    pub(super) cycles: Vec<Vec<usize>>,
}

/// Sorts steps by depth. `needs[i]` holds the steps that step `i` depends on, without duplicates. Linear in steps and
/// dependencies.
pub(super) fn sort(needs: &[Vec<usize>]) -> Sorted {
    let mut open: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut dependants = vec![Vec::new(); needs.len()];
    for (step, needed) in needs.iter().enumerate() {
        for &other in needed {
            dependants[other].push(step);
        }
    }
    let mut sorted = Sorted::default();
    let mut layer: Vec<usize> = (0..needs.len()).filter(|&step| open[step] == 0).collect();
    while !layer.is_empty() {
        let mut next = Vec::new();
        for &done in &layer {
            for &step in &dependants[done] {
                open[step] -= 1;
                if open[step] == 0 {
                    next.push(step);
                }
            }
        }
        next.sort_unstable();
        sorted.layers.push(std::mem::replace(&mut layer, next));
    }
    sorted.cycles = cycles(needs, &open);
    sorted
}

/// Walks from each step that was not sorted to one that it still waits for, until the way meets itself.
fn cycles(needs: &[Vec<usize>], open: &[usize]) -> Vec<Vec<usize>> {
    let mut walk_of = vec![0_usize; needs.len()];
    let mut found = Vec::new();
    for start in (0..needs.len()).filter(|&step| open[step] > 0) {
        let (walk, mut way, mut at) = (start + 1, Vec::new(), start);
        while walk_of[at] == 0 {
            walk_of[at] = walk;
            way.push(at);
            match needs[at].iter().find(|&&next| open[next] > 0) {
                Some(&next) => at = next,
                None => break,
            }
        }
        if walk_of[at] == walk
            && let Some(from) = way.iter().position(|&step| step == at)
            && needs[way[way.len() - 1]].contains(&at)
        {
            found.push(way.split_off(from));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::sort;
    use proptest::prelude::*;

    #[test]
    fn layers_are_by_depth_and_circles_are_named() {
        let diamond = sort(&[vec![], vec![0], vec![0], vec![1, 2]]);
        assert_eq!(diamond.layers, [vec![0], vec![1, 2], vec![3]], "the diamond has three layers");
        let circle = sort(&[vec![2], vec![0], vec![1], vec![0], vec![]]);
        assert_eq!(circle.layers, [vec![4]], "only the free step can run");
        assert_eq!(circle.cycles, [vec![0, 2, 1]], "the way round is named, the step behind it is not in it");
    }

    proptest! {
        #[test]
        fn every_step_is_in_one_layer_or_there_is_a_circle(
            edges in proptest::collection::btree_set((0usize..12, 0usize..12), 0..40)
        ) {
            let mut needs = vec![Vec::new(); 12];
            for (step, other) in edges.into_iter().filter(|(step, other)| step != other) {
                needs[step].push(other);
            }
            let sorted = sort(&needs);
            let placed: usize = sorted.layers.iter().map(Vec::len).sum();
            prop_assert_eq!(placed == 12, sorted.cycles.is_empty(), "all are placed exactly if there is no circle");
            let mut done = [false; 12];
            for layer in &sorted.layers {
                for &step in layer {
                    prop_assert!(needs[step].iter().all(|&other| done[other]), "a layer needs only earlier layers");
                }
                for &step in layer {
                    done[step] = true;
                }
            }
            for cycle in &sorted.cycles {
                for (at, &step) in cycle.iter().enumerate() {
                    prop_assert!(needs[step].contains(&cycle[(at + 1) % cycle.len()]), "each step of a circle needs the next");
                }
            }
        }
    }
}
