//! What WIT consists of: interfaces, worlds, types, functions, fields, cases, each with its gates.

use std::fmt;

use crate::token::{is_word, join};

/// One item, and those in its braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// `@since(version = 0.1.0)` and the like.
    pub(crate) gates: Vec<String>,
    /// The item without its gates and without what is in its braces: `enum order`, `get: func(key:
    /// string)`.
    pub(crate) text: String,
    /// `None` for an item without braces.
    pub(crate) members: Option<Vec<Item>>,
}

/// Takes the items off the front of `tokens`, up to the brace that closes them or to the end.
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
    let text = join(&without_last_commas(&take(tokens, end)));
    let mut members = None;
    match tokens.first() {
        Some(&"{") => {
            take(tokens, 1);
            members = Some(items(tokens));
            assert_eq!(take(tokens, 1), ["}"], "`{text}` is not closed");
            // Nothing follows the braces of most items, and a comma or semicolon those of none.
        }
        Some(&("," | ";")) => drop(take(tokens, 1)),
        _ => {}
    }
    Item { gates, text, members }
}

fn take<'a>(tokens: &mut &[&'a str], count: usize) -> Vec<&'a str> {
    let (taken, rest) = tokens.split_at(count.min(tokens.len()));
    *tokens = rest;
    taken.to_vec()
}

fn position<'a>(tokens: &[&'a str], mut test: impl FnMut(&'a str) -> bool) -> usize {
    tokens.iter().position(|&token| test(token)).unwrap_or(tokens.len())
}

/// A comma before a closing sign is layout.
fn without_last_commas<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    let closes =
        |index: usize| tokens.get(index).is_some_and(|next| [")", ">", "}"].contains(next));
    let kept =
        tokens.iter().enumerate().filter(|(index, token)| **token != "," || !closes(index + 1));
    kept.map(|(_, token)| *token).collect()
}

impl Item {
    /// What kind of item it is, for people.
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

    /// Its name: what stays the same if only its type, its parameters or a version changes.
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

    /// Whether items may be added to it in a later version. A list of fields or cases is final.
    pub(crate) fn is_open(&self) -> bool {
        ["interface", "world", "resource"].contains(&self.kind())
    }

    /// The version that a gate `@since` names.
    pub(crate) fn since(&self) -> Option<&str> {
        self.gates.iter().find_map(|gate| gate.strip_prefix("@since(version = ")?.strip_suffix(')'))
    }

    /// The item in one line.
    pub(crate) fn line(&self) -> String {
        let body = if self.members.is_some() { "{ ... }" } else { "" };
        let parts = self.gates.iter().map(String::as_str).chain([self.text.as_str(), body]);
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Writes the item as WIT. `end` is the sign behind an item without braces.
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
