//! WIT as a list of tokens, without comments.

/// Splits a text into words, arrows and single signs.
///
/// A word is an identifier, a keyword or a number. `0.2.0` is five tokens.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else {
            let length = match first {
                _ if rest.starts_with("->") => 2,
                _ if is_word(first) => {
                    rest.find(|character| !is_word(character)).unwrap_or(rest.len())
                }
                _ => first.len_utf8(),
            };
            tokens.push(&rest[..length]);
            length
        };
        rest = rest[length..].trim_start();
    }
    tokens
}

/// Returns whether the character is part of a word.
pub(crate) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '_' | '%')
}

/// Returns the length of the block comment at the start of the text. Block comments nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut position = 0;
    while position < text.len() {
        let rest = &text.as_bytes()[position..];
        match rest {
            [b'/', b'*', ..] => depth += 1,
            [b'*', b'/', ..] => depth -= 1,
            _ => {
                position += 1;
                continue;
            }
        }
        position += 2;
        if depth == 0 {
            break;
        }
    }
    position
}

/// Joins tokens with the usual spaces.
pub(crate) fn join(tokens: &[&str]) -> String {
    // In these items a colon is part of a name: `wasi:io/streams`.
    let has_package_name = tokens
        .first()
        .is_some_and(|first| ["package", "use", "import", "export", "include"].contains(first));
    let mut text = String::new();
    let mut before = "";
    for &token in tokens {
        let between_words = before.ends_with(is_word) && token.starts_with(is_word);
        let around = |sign| before == sign || token == sign;
        let after = before == "," || (before == ":" && !has_package_name);
        if between_words || around("->") || around("=") || after {
            text.push(' ');
        }
        text.push_str(token);
        before = token;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{join, tokens};

    fn check(text: &str, expected: &str) {
        assert_eq!(join(&tokens(text)), expected);
    }

    #[test]
    fn functions_have_the_usual_spaces() {
        check(
            "get :func( key:string )->result<_,error>",
            "get: func(key: string) -> result<_, error>",
        );
        check("open: static func()", "open: static func()");
    }

    #[test]
    fn package_names_have_no_spaces() {
        check(
            "use wasi:io/streams@0.2.0.{ input-stream }",
            "use wasi:io/streams@0.2.0.{input-stream}",
        );
        check("package filemap : data@0.1.0", "package filemap:data@0.1.0");
    }

    #[test]
    fn comments_are_removed() {
        check("/// of an item\nlen: // of a word\nfunc()", "len: func()");
        check("a /* one /* nested */ /// still */ b /**/ c", "a b c");
        check("// only a comment", "");
    }
}
