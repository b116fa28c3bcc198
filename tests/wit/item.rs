//! The items of WIT with their gates: interfaces, worlds, types, functions, fields, cases.

use std::fmt;

use crate::token::{is_word, join};

/// One item, with the items in its braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// Annotations such as `@since(version = 0.1.0)`.
    pub(crate) gates: Vec<String>,
    /// The item without its gates and without its braces: `enum order`, `get: func(key: string)`.
    pub(crate) text: String,
    /// `None` for an item without braces.
    pub(crate) members: Option<Vec<Item>>,
}

/// Parses items from the front of `tokens`, up to the closing brace around them or the end.
pub(crate) fn items(tokens: &mut &[&str]) -> Vec<Item> {
    let mut items = Vec::new();
    while !tokens.is_empty() && tokens[0] != "}" {
        items.push(item(tokens));
    }
    items
}

fn item(tokens: &mut &[&str]) -> Item {
    let mut gates = Vec::new();
    while tokens[0] == "@" {
        let end = position(tokens, |token| token == ")") + 1;
        gates.push(join(&take(tokens, end)));
    }
    // A list of names in braces belongs to the text: `use errors.{error}`, `include plugin with {a
    // as b}`.
    let mut depth = 0_usize;
    let mut before = "";
    let end = position(tokens, |token| {
        let names = token == "{" && (depth > 0 || [".", "with"].contains(&before));
        let ends = depth == 0 && !names && [";", ",", "{", "}"].contains(&token);
        match token {
            "(" | "<" => depth += 1,
            ")" | ">" => depth -= 1,
            "{" if names => depth += 1,
            "}" if depth > 0 => depth -= 1,
            _ => {}
        }
        before = token;
        ends
    });
    let text = join(&without_trailing_commas(&take(tokens, end)));
    let mut members = None;
    match tokens.first() {
        Some(&"{") => {
            take(tokens, 1);
            members = Some(items(tokens));
            assert_eq!(take(tokens, 1), ["}"], "`{text}` is not closed");
            // No comma or semicolon follows a closing brace.
        }
        Some(&("," | ";")) => drop(take(tokens, 1)),
        _ => {}
    }
    Item { gates, text, members }
}

/// Removes `count` tokens from the front.
fn take<'a>(tokens: &mut &[&'a str], count: usize) -> Vec<&'a str> {
    let (taken, rest) = tokens.split_at(count.min(tokens.len()));
    *tokens = rest;
    taken.to_vec()
}

/// Returns the position of the first token that passes the test, or the count of tokens.
fn position<'a>(tokens: &[&'a str], mut test: impl FnMut(&'a str) -> bool) -> usize {
    tokens.iter().position(|&token| test(token)).unwrap_or(tokens.len())
}

/// Removes commas before a closing sign, which are layout.
fn without_trailing_commas<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    let closes =
        |index: usize| tokens.get(index).is_some_and(|next| [")", ">", "}"].contains(next));
    let kept =
        tokens.iter().enumerate().filter(|(index, token)| **token != "," || !closes(index + 1));
    kept.map(|(_, token)| *token).collect()
}

impl Item {
    /// Returns the kind of the item, as error messages name it.
    pub(crate) fn kind(&self) -> &str {
        let first = self.text.split(|character| !is_word(character)).next().unwrap_or_default();
        match first {
            "interface" | "world" | "resource" | "record" | "enum" | "variant" | "flags"
            | "type" | "use" | "import" | "export" | "include"
                if self.text[first.len()..].starts_with(' ') =>
            {
                first
            }
            _ if self.text.contains("func(") || self.text.starts_with("constructor(") => "function",
            _ => "member",
        }
    }

    /// Returns the name of the item, which is independent of its type, parameters and version.
    pub(crate) fn name(&self) -> &str {
        let name = match self.kind() {
            "function" | "member" => &self.text,
            kind => self.text[kind.len()..].trim_start(),
        };
        let ends: &[_] = match self.kind() {
            "use" | "import" | "export" | "include" => &['@', '.', ' '],
            _ => &[':', '(', ' ', '='],
        };
        name.split(ends).next().unwrap_or(name)
    }

    /// Returns whether a later version may add members. A list of fields or cases is final.
    pub(crate) fn is_open(&self) -> bool {
        ["interface", "world", "resource"].contains(&self.kind())
    }

    /// Returns the version of the gate `@since`.
    pub(crate) fn since(&self) -> Option<&str> {
        self.gates.iter().find_map(|gate| gate.strip_prefix("@since(version = ")?.strip_suffix(')'))
    }

    /// Returns the item in one line.
    pub(crate) fn line(&self) -> String {
        let body = if self.members.is_some() { "{ ... }" } else { "" };
        let parts = self.gates.iter().map(String::as_str).chain([self.text.as_str(), body]);
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Writes the item as WIT. `end` is the sign after an item without braces.
    pub(crate) fn write(
        &self,
        formatter: &mut fmt::Formatter<'_>,
        indent: usize,
        end: char,
    ) -> fmt::Result {
        for gate in &self.gates {
            writeln!(formatter, "{:indent$}{gate}", "")?;
        }
        let Some(members) = &self.members else {
            return writeln!(formatter, "{:indent$}{}{end}", "", self.text);
        };
        writeln!(formatter, "{:indent$}{} {{", "", self.text)?;
        let end = if self.is_open() { ';' } else { ',' };
        for member in members {
            member.write(formatter, indent + 2, end)?;
        }
        writeln!(formatter, "{:indent$}}}", "")
    }
}
