//! Import cycles: their detection and their printed form.

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

/// Sibling modules that all import each other, directly or through others: a strongly connected
/// component.
#[derive(Debug)]
pub(super) struct Cycle<'a> {
    /// The files of the modules.
    members: Vec<&'a Path>,
    /// The imports of a shortest cycle among the modules.
    pub(super) shortest: Vec<Step<'a>>,
    /// The other imports among the modules.
    others: Vec<Step<'a>>,
}

/// Finds all cycles of a target.
pub(super) fn cycles(tree: &Tree) -> Vec<Cycle<'_>> {
    imports(tree).into_values().flat_map(|imports| cycles_among(tree, imports)).collect()
}

/// The modules that each module reaches by its imports, with a shortest route to each.
type Routes = BTreeMap<Id, BTreeMap<Id, Vec<Id>>>;

/// Finds the cycles among the imports between siblings. Imports that are in no cycle are dropped.
fn cycles_among<'a>(tree: &'a Tree, mut imports: Imports<'a>) -> Vec<Cycle<'a>> {
    let mut next: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for &(from, to) in imports.keys() {
        next.entry(from).or_default().push(to);
    }
    let routes: Routes = next.keys().map(|&start| (start, routes_from(start, &next))).collect();
    // Every member of a cycle finds the same group, so the groups are a set.
    let groups: BTreeSet<Vec<Id>> = routes
        .iter()
        .filter(|(start, ends)| ends.contains_key(start))
        .map(|(start, ends)| {
            let leads_back =
                |end: &Id| routes.get(end).is_some_and(|ends| ends.contains_key(start));
            ends.keys().copied().filter(leads_back).collect()
        })
        .collect();
    groups.iter().map(|members| cycle(tree, members, &routes, &mut imports)).collect()
}

/// Moves the imports among `members`, which all reach each other, out of `imports`.
fn cycle<'a>(
    tree: &'a Tree,
    members: &[Id],
    routes: &Routes,
    imports: &mut Imports<'a>,
) -> Cycle<'a> {
    let file = |id: Id| tree.modules[id].file.as_path();
    let mut take = |(from, to): (Id, Id)| {
        let places = imports.remove(&(from, to))?;
        Some(Step { from: file(from), to: file(to), places })
    };
    let routes_back = members.iter().map(|member| routes[member][member].as_slice());
    let route = routes_back.min_by_key(|route| route.len()).unwrap_or_default();
    let ends = route.iter().cycle().skip(1);
    let shortest = route.iter().copied().zip(ends.copied()).filter_map(&mut take).collect();
    let pairs = members.iter().flat_map(|&from| members.iter().map(move |&to| (from, to)));
    let others = pairs.filter_map(take).collect();
    Cycle { members: members.iter().map(|&member| file(member)).collect(), shortest, others }
}

/// Returns the nodes that `start` reaches, each with a shortest route: the nodes on the route, from
/// `start` to the last one before the target.
fn routes_from(start: Id, next: &BTreeMap<Id, Vec<Id>>) -> BTreeMap<Id, Vec<Id>> {
    let mut routes = BTreeMap::new();
    let mut queue = VecDeque::from([(start, Vec::new())]);
    while let Some((node, mut route)) = queue.pop_front() {
        route.push(node);
        for &to in next.get(&node).into_iter().flatten() {
            routes.entry(to).or_insert_with(|| {
                queue.push_back((to, route.clone()));
                route.clone()
            });
        }
    }
    routes
}

impl fmt::Display for Cycle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let members: Vec<_> =
            self.members.iter().map(|file| format!("`{}`", file.display())).collect();
        writeln!(f, "a cycle among {}", members.join(", "))?;
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
