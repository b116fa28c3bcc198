//! The tables of the report, and their rows.

use crate::bench::{Bench, Work};
use crate::measurement::{Run, Task};
use crate::way::Way;

/// A table of the report. The rows are tasks.
pub(crate) struct Table<'a> {
    /// The name of the table's picture, and what a filter finds.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// What the tasks are, in a sentence or two.
    pub(crate) text: &'static str,
    /// What grows from row to row, if that is what the table shows.
    pub(crate) grows: Option<&'static str>,
    pub(crate) tasks: Vec<Task<'a>>,
}

impl Table<'_> {
    pub(crate) const fn new(name: &'static str, title: &'static str, text: &'static str) -> Self {
        Self { name, title, text, grows: None, tasks: Vec::new() }
    }

    /// The table shows how costs grow with something.
    pub(crate) const fn grows(mut self, with: &'static str) -> Self {
        self.grows = Some(with);
        self
    }
}

/// A row under construction: a work in several ways.
pub(crate) struct Row<'a> {
    bench: &'a Bench,
    work: Work,
    task: Task<'a>,
}

impl<'a> Row<'a> {
    pub(crate) fn new(bench: &'a Bench, name: impl Into<String>, work: Work) -> Self {
        let task = Task {
            name: name.into(),
            x: None,
            count: work.count,
            bytes: 0,
            candidates: Vec::new(),
            reference: "",
        };
        Self { bench, work, task }
    }

    /// Sets the position of the row where costs grow.
    pub(crate) const fn at(mut self, x: f64) -> Self {
        self.task.x = Some(x);
        self
    }

    /// Sets the number of bytes that one operation moves.
    pub(crate) const fn bytes(mut self, bytes: usize) -> Self {
        self.task.bytes = bytes;
        self
    }

    /// Sets the number of operations of one run, if it is not the count of the work.
    pub(crate) const fn operations(mut self, count: usize) -> Self {
        self.task.count = count;
        self
    }

    /// Adds ways to do the work.
    pub(crate) fn ways(mut self, ways: &[Way]) -> Self {
        let Self { bench, work, .. } = self;
        for &way in ways {
            let run: Run<'a> = Box::new(move || bench.run(way, work));
            self.task.candidates.push((way.name(), run));
        }
        self
    }

    /// Adds another work with the same input and result, under a name of its own.
    pub(crate) fn with(mut self, name: &'static str, way: Way, work: &'static str) -> Self {
        let (bench, work) = (self.bench, Work { name: work, ..self.work });
        self.task.candidates.push((name, Box::new(move || bench.run(way, work))));
        self
    }

    /// Returns the task. The candidate `reference` is what the others are compared with.
    pub(crate) fn against(mut self, reference: &'static str) -> Task<'a> {
        self.task.reference = reference;
        self.task
    }
}
