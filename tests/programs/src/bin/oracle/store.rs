//! Stores on directories that zict writes to as well.
//!
//! A line is an operation, its fields, `=`, and the expected answer; `tests/oracle/store/turn.rs`
//! describes them. The plugin ends at the first line with another answer. If the expected answer is
//! `?`, the plugin prints the answer.

mod answer;
mod operations;

use super::Result;
use answer::case;
use operations::Operations;

/// Executes the lines, in directories below `directory`.
pub(crate) fn turns<'a>(directory: &str, lines: impl Iterator<Item = Vec<&'a str>>) -> Result {
    let mut operations = None;
    let mut place = "";
    for (number, line) in (1..).zip(lines) {
        let [operation, fields @ .., "=", expected] = &line[..] else {
            panic!("invalid line: {line:?}")
        };
        let answer = if *operation == "open" {
            place = fields[0];
            // Drops the store before: other tests have two open stores on a directory.
            operations = None;
            Operations::open(format!("{directory}/{place}"), fields[1] == "writing").map(|opened| {
                operations = Some(opened);
                "none".into()
            })
        } else {
            operations.as_mut().expect("the first line opens a store").answer(operation, fields)
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
