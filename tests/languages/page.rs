//! A page of documentation that is followed word for word.
//!
//! | in the page | what happens |
//! |---|---|
//! | a block `sh` | its commands run |
//! | a block `console` | each line `$ COMMAND` runs; its output is compared with the lines after it, where `...` stands for any lines |
//! | a block after `<!-- begin PATH as NAME -->` | the file PATH of the repository is copied to NAME (`cargo xtask docs` keeps the block equal to it); without ` as NAME`, the name is the last one of PATH |
//! | any other block | nothing |
//!
//! All commands of a page run in one session of bash, which the first failure ends.

/// What a reader of a page does.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// Copy this file of the repository to this name in the current folder.
    Copy { source: String, name: String },
    /// Run this command. A command of a block `console` has the output that the page shows.
    Run { command: String, output: Option<String> },
}

/// Returns the steps of a page.
pub(crate) fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = page.lines();
    let mut source = None;
    while let Some(line) = lines.next() {
        if let Some(begin) = line.strip_prefix("<!-- begin ") {
            source = begin.strip_suffix(" -->").filter(|source| !source.contains(','));
        }
        let Some(language) = line.strip_prefix("```") else { continue };
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        match (source.take(), language) {
            (Some(source), _) => steps.push(copy(source)),
            (None, "sh") => steps.push(Step::Run { command: block.join("\n"), output: None }),
            (None, "console") => steps.extend(console(&block)),
            (None, _) => {}
        }
    }
    steps
}

/// Returns the step that copies a source, such as `PATH` or `PATH as NAME`.
fn copy(source: &str) -> Step {
    let (source, name) = source.split_once(" as ").unwrap_or_else(|| {
        let name = source.rsplit_once('/').map_or(source, |(_, name)| name);
        (source, name)
    });
    Step::Copy { source: source.to_owned(), name: name.to_owned() }
}

/// Returns the commands of a block `console`. A command that ends with a backslash goes on in the
/// next line.
fn console(block: &[&str]) -> Vec<Step> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in block {
        let continued = commands
            .last_mut()
            .filter(|(command, output)| command.ends_with('\\') && output.is_empty());
        if let Some((command, _)) = continued {
            command.extend(["\n", line]);
        } else if let Some(command) = line.strip_prefix("$ ") {
            commands.push((command.to_owned(), String::new()));
        } else {
            let (_, output) = commands.last_mut().expect("a block `console` begins with `$ `");
            output.extend([line, "\n"]);
        }
    }
    let run = |(command, output)| Step::Run { command, output: Some(output) };
    commands.into_iter().map(run).collect()
}

/// Returns a bash script that does the steps in the current directory, and prints `mark` after
/// each. `$REPOSITORY` is the repository.
pub(crate) fn script(steps: &[Step], mark: &str) -> String {
    let commands = steps.iter().map(|step| match step {
        Step::Copy { source, name } => format!("cp \"$REPOSITORY/{source}\" \"{name}\""),
        Step::Run { command, .. } => command.clone(),
    });
    let start = "set -euo pipefail\nexec 2>&1".to_owned();
    let lines = commands.flat_map(|command| [command, format!("printf %s {mark}")]);
    [start].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

/// Tells whether an output is the one that a page shows, in which a line `...` stands for any
/// number of lines. The output need not end with a line feed, which a page could not show.
pub(crate) fn matches(output: &str, shown: &str) -> bool {
    let with_end = format!("{output}\n");
    let output = if output.is_empty() || output.ends_with('\n') { output } else { &with_end };
    let mut parts = shown.split("...\n");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = output.strip_prefix(first) else { return false };
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(command: &str, output: Option<&str>) -> Step {
        Step::Run { command: command.to_owned(), output: output.map(str::to_owned) }
    }

    fn copy(source: &str, name: &str) -> Step {
        Step::Copy { source: source.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn a_page_has_the_steps_that_a_reader_does() {
        let page = "text\n\
            ```sh\npip install x\ncd y\n```\n\
            ```text\nnothing\n```\n\
            <!-- begin examples/a/b.py -->\n```py\nprint()\n```\n<!-- end -->\n\
            <!-- begin examples/a/b.rs as src/main.rs -->\n```rust\nx\n```\n<!-- end -->\n\
            <!-- begin wit/world.wit, data -->\n| data |\n<!-- end -->\n\
            ```console\n$ one \\\n  more\n$ two\n1\n...\n3\n```\n";
        let expected = [
            run("pip install x\ncd y", None),
            copy("examples/a/b.py", "b.py"),
            copy("examples/a/b.rs", "src/main.rs"),
            run("one \\\n  more", Some("")),
            run("two", Some("1\n...\n3\n")),
        ];
        assert_eq!(steps(page), expected);
    }

    #[test]
    fn dots_stand_for_any_lines() {
        for (output, shown, expected) in [
            ("1\n2\n", "1\n2\n", true),
            ("1\n2\n", "1\n", false),
            ("1\n2\n3\n", "1\n...\n3\n", true),
            ("1\n3\n", "1\n...\n3\n", true),
            ("1\n2\n3\n4\n", "...\n2\n...\n4\n", true),
            ("1\n2\n3\n", "...\n3\n2\n...\n", false),
            ("", "...\n", true),
            ("1", "1\n", true),
            ("", "1\n", false),
            ("1\n2", "1\n", false),
        ] {
            assert_eq!(matches(output, shown), expected, "{output:?} {shown:?}");
        }
    }
}
