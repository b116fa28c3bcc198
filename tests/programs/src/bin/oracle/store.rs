//! Stores: turns on directories that zict writes to as well.
//!
//! A line is an operation, its fields, `=`, and the answer that is expected, as
//! `tests/oracle/store/turn.rs` says. The first line that has another answer ends the plugin. Where
//! the answer is `?`, it is printed.

mod answer;
mod bench;

use super::Result;
use answer::case;
use bench::Bench;

/// Does what the lines say, in directories that lie in this one.
pub(crate) fn turns<'a>(directory: &str, lines: impl Iterator<Item = Vec<&'a str>>) -> Result {
    let mut bench = None;
    let mut place = "";
    for (number, line) in (1..).zip(lines) {
        let [operation, fields @ .., "=", expected] = &line[..] else {
            panic!("no such line: {line:?}")
        };
        let answer = if *operation == "open" {
            place = fields[0];
            // The store before is closed first: two that are open on a directory are a matter of
            // other tests.
            bench = None;
            Bench::open(format!("{directory}/{place}"), fields[1] == "writing").map(|opened| {
                bench = Some(opened);
                "none".into()
            })
        } else {
            bench.as_mut().expect("the first line opens a store").answer(operation, fields)
        };
        let agrees = match &answer {
            Ok(answer) if *expected == "?" => {
                println!("{answer}");
                true
            }
            Ok(answer) => answer == expected,
            Err(error) => expected.strip_prefix('!') == Some(case(error)),
        };
        if !agrees {
            let answer = answer.unwrap_or_else(|error| format!("{error:?}"));
            return Err(format!(
                "{place}, line {number}: {}\nfilemap answers {answer}",
                line.join(" ")
            ));
        }
    }
    Ok(())
}
