//! The paths in a module's code, read from its tokens. Unlike a syntax tree, tokens include the
//! bodies and arguments of macros.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// A path as in the source: `["crate", "array", "Index"]`. If the source begins with `::`, the
/// first segment is empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Path {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

/// One path of a `use` declaration.
#[derive(Debug)]
pub(super) struct Import {
    /// The name that it declares; `None` for a glob.
    pub(super) name: Option<String>,
    pub(super) path: Path,
}

/// The references in the code of a module.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The `use` declarations, those within functions included.
    pub(super) imports: Vec<Import>,
    /// Paths in code. A path of one segment is listed only where it looks like the name of an item
    /// and not of a variable.
    pub(super) paths: Vec<Path>,
}

impl Names {
    /// Adds the references in these tokens.
    pub(super) fn read(&mut self, tokens: TokenStream) {
        let mut lexemes = Vec::new();
        flatten(tokens, &mut lexemes);
        let mut rest = lexemes.as_slice();
        while let [first, after @ ..] = rest {
            rest = match (first, after) {
                (Lexeme::Word(word, _), _) if word == "use" => {
                    self.read_use(Path::default(), after)
                }
                (Lexeme::Word(word, _), [Lexeme::Word(..), after @ ..]) if word == "fn" => after,
                (Lexeme::Word(..), _) => self.read_path(rest),
                // A path after `::` begins in another crate or with a type.
                (Lexeme::Colons, [Lexeme::Word(..), ..]) => path_at(after).1,
                // A range, a field or a method.
                (Lexeme::Symbol('.'), [Lexeme::Symbol('.') | Lexeme::Word(..), after @ ..]) => {
                    after
                }
                _ => after,
            };
        }
    }

    /// Reads the path that `lexemes` begin with, and returns the lexemes after it.
    fn read_path<'a>(&mut self, lexemes: &'a [Lexeme]) -> &'a [Lexeme] {
        let (path, rest) = path_at(lexemes);
        let is_item = match path.segments.as_slice() {
            [] => false,
            [name] => {
                name.starts_with(char::is_uppercase)
                    || matches!(rest, [Lexeme::Symbol('(' | '!'), ..])
            }
            _ => true,
        };
        if is_item {
            self.paths.push(path);
        }
        rest
    }

    /// Reads a tree of a `use` declaration below `path`, and returns the lexemes after it.
    fn read_use<'a>(&mut self, mut path: Path, mut rest: &'a [Lexeme]) -> &'a [Lexeme] {
        loop {
            rest = match rest {
                [Lexeme::Colons, after @ ..] => {
                    if path.segments.is_empty() {
                        path.segments.push(String::new());
                    }
                    after
                }
                [Lexeme::Symbol('*'), after @ ..] => {
                    self.imports.push(Import { name: None, path });
                    return after;
                }
                [Lexeme::Symbol('{'), after @ ..] => return self.read_use_list(&path, after),
                [Lexeme::Word(word, line), after @ ..] => {
                    path.segments.push(word.clone());
                    path.line = *line;
                    match after {
                        [Lexeme::Colons, ..] => after,
                        [Lexeme::Word(word, _), Lexeme::Word(name, _), after @ ..]
                            if word == "as" =>
                        {
                            self.add_import(path, Some(name));
                            return after;
                        }
                        _ => {
                            self.add_import(path, None);
                            return after;
                        }
                    }
                }
                _ => return rest,
            };
        }
    }

    fn read_use_list<'a>(&mut self, path: &Path, mut rest: &'a [Lexeme]) -> &'a [Lexeme] {
        loop {
            rest = match rest {
                [Lexeme::Symbol('}'), after @ ..] => return after,
                [Lexeme::Symbol(','), after @ ..] => after,
                _ => {
                    let after = self.read_use(path.clone(), rest);
                    if after.len() == rest.len() {
                        return rest;
                    }
                    after
                }
            };
        }
    }

    fn add_import(&mut self, mut path: Path, name: Option<&String>) {
        // `use path::{self}` declares the last segment of the path.
        if path.segments.len() > 1 && path.segments.last().is_some_and(|last| last == "self") {
            path.segments.pop();
        }
        let name = name.or(path.segments.last()).cloned();
        self.imports.push(Import { name, path });
    }
}

/// A token, with only the details that paths need.
#[derive(Debug)]
enum Lexeme {
    /// An identifier or keyword with its line. A variable of a macro has its `$`.
    Word(String, usize),
    /// `::`
    Colons,
    /// Punctuation, or the beginning or end of a group.
    Symbol(char),
    Literal,
}

fn flatten(tokens: TokenStream, lexemes: &mut Vec<Lexeme>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let lexeme = match token {
            TokenTree::Literal(_) => Lexeme::Literal,
            TokenTree::Ident(word) => word_of(&word, ""),
            TokenTree::Punct(mark) => match (mark.as_char(), tokens.peek()) {
                (':', Some(TokenTree::Punct(next)))
                    if next.as_char() == ':' && mark.spacing() == Spacing::Joint =>
                {
                    tokens.next();
                    Lexeme::Colons
                }
                ('$', Some(TokenTree::Ident(word))) => {
                    let word = word_of(word, "$");
                    tokens.next();
                    word
                }
                ('\'', Some(TokenTree::Ident(_))) => {
                    tokens.next();
                    Lexeme::Symbol('\'')
                }
                (mark, _) => Lexeme::Symbol(mark),
            },
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ('(', ')'),
                    Delimiter::Brace => ('{', '}'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::None => (' ', ' '),
                };
                lexemes.push(Lexeme::Symbol(open));
                flatten(group.stream(), lexemes);
                Lexeme::Symbol(close)
            }
        };
        lexemes.push(lexeme);
    }
}

fn word_of(word: &proc_macro2::Ident, sign: &str) -> Lexeme {
    let text = word.to_string();
    let plain = text.strip_prefix("r#").unwrap_or(&text);
    Lexeme::Word(format!("{sign}{plain}"), word.span().start().line)
}

/// Splits off the path that `lexemes` begin with. It ends before a variable of a macro.
fn path_at(lexemes: &[Lexeme]) -> (Path, &[Lexeme]) {
    let mut path = Path::default();
    let mut rest = lexemes;
    let mut is_known = true;
    while let [Lexeme::Word(word, line), after @ ..] = rest {
        is_known &= !word.starts_with('$') || word == "$crate";
        if is_known {
            path.segments.push(word.clone());
            path.line = *line;
        }
        rest = after;
        match rest {
            [Lexeme::Colons, after @ ..] if matches!(after, [Lexeme::Word(..), ..]) => rest = after,
            _ => break,
        }
    }
    (path, rest)
}
