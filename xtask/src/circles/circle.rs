//! The circles that imports form, and how they are printed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::path::Path;

use super::imports::{Imports, Place, imports};
use super::tree::{Id, Tree};

/// The maximum number of places that are printed for an import.
const MAX_PLACES: usize = 3;

/// An import between two siblings or their descendants.
#[derive(Debug)]
pub(super) struct Step<'a> {
    pub(super) from: &'a Path,
    pub(super) to: &'a Path,
    places: Vec<Place<'a>>,
}

/// Siblings that import each other, directly or through others.
#[derive(Debug)]
pub(super) struct Circle<'a> {
    /// All modules that import each other, by their files.
    members: Vec<&'a Path>,
    /// A shortest circle among them.
    pub(super) shortest: Vec<Step<'a>>,
    /// The other imports among them.
    others: Vec<Step<'a>>,
}

/// Finds all circles of a target.
pub(super) fn circles(tree: &Tree) -> Vec<Circle<'_>> {
    imports(tree).into_values().flat_map(|imports| circles_among(tree, imports)).collect()
}

/// From a module to those that its imports lead to, with a shortest way to each.
type Ways = BTreeMap<Id, BTreeMap<Id, Vec<Id>>>;

/// Splits the imports between siblings into circles; drops those that are part of none.
fn circles_among<'a>(tree: &'a Tree, mut imports: Imports<'a>) -> Vec<Circle<'a>> {
    let mut next: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for &(from, to) in imports.keys() {
        next.entry(from).or_default().push(to);
    }
    let ways: Ways = next.keys().map(|&start| (start, ways_from(start, &next))).collect();
    // Every member of a circle finds the same members.
    let groups: BTreeSet<Vec<Id>> = ways
        .iter()
        .filter(|(start, ends)| ends.contains_key(start))
        .map(|(start, ends)| {
            let leads_back = |end: &Id| ways.get(end).is_some_and(|ends| ends.contains_key(start));
            ends.keys().copied().filter(leads_back).collect()
        })
        .collect();
    groups.iter().map(|members| circle(tree, members, &ways, &mut imports)).collect()
}

/// Takes the imports among `members`, which all lead to each other, out of `imports`.
fn circle<'a>(
    tree: &'a Tree,
    members: &[Id],
    ways: &Ways,
    imports: &mut Imports<'a>,
) -> Circle<'a> {
    let file = |id: Id| tree.modules[id].file.as_path();
    let mut take = |(from, to): (Id, Id)| {
        let places = imports.remove(&(from, to))?;
        Some(Step { from: file(from), to: file(to), places })
    };
    let rounds = members.iter().map(|member| ways[member][member].as_slice());
    let round = rounds.min_by_key(|round| round.len()).unwrap_or_default();
    let ends = round.iter().cycle().skip(1);
    let shortest = round.iter().copied().zip(ends.copied()).filter_map(&mut take).collect();
    let pairs = members.iter().flat_map(|&from| members.iter().map(move |&to| (from, to)));
    let others = pairs.filter_map(take).collect();
    Circle { members: members.iter().map(|&member| file(member)).collect(), shortest, others }
}

/// Returns the nodes that can be reached from `start`, with a shortest way to each: the nodes on
/// it, from `start` to the one before the last.
fn ways_from(start: Id, next: &BTreeMap<Id, Vec<Id>>) -> BTreeMap<Id, Vec<Id>> {
    let mut ways = BTreeMap::new();
    let mut queue = VecDeque::from([(start, Vec::new())]);
    while let Some((node, mut way)) = queue.pop_front() {
        way.push(node);
        for &to in next.get(&node).into_iter().flatten() {
            ways.entry(to).or_insert_with(|| {
                queue.push_back((to, way.clone()));
                way.clone()
            });
        }
    }
    ways
}

impl fmt::Display for Circle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let members: Vec<_> =
            self.members.iter().map(|file| format!("`{}`", file.display())).collect();
        writeln!(f, "a circle among {}", members.join(", "))?;
        for step in &self.shortest {
            write!(f, "{step}")?;
        }
        if !self.others.is_empty() {
            writeln!(f, "  other imports among them:")?;
        }
        for step in &self.others {
            write!(f, "{step}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "  {} -> {}", self.from.display(), self.to.display())?;
        for Place { file, line, item, home } in self.places.iter().take(MAX_PLACES) {
            write!(f, "      {}:{line}: `{item}`", file.display())?;
            if *home != self.to {
                write!(f, ", defined in {}", home.display())?;
            }
            writeln!(f)?;
        }
        if let more @ 1.. = self.places.len().saturating_sub(MAX_PLACES) {
            writeln!(f, "      and {more} more")?;
        }
        Ok(())
    }
}
