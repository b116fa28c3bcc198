//! A plugin that finds words of similar meaning: semantic search over a matrix of embeddings.
//!
//! `search WORD...` prints the ten words whose embeddings are most similar to the embedding of the
//! word, or to the mean of several words. `search` without arguments reads such queries from its
//! standard input, one per line. The matrix is `data/embeddings.npy`, with one row per word; the
//! words are the lines of the value `words` in the store `data/labels`.

use std::env;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use filemap_plugin::StoreOptions;
use search::embeddings::Embeddings;

const MATRIX: &str = "data/embeddings.npy";
const LABELS: &str = "data/labels";
const WORDS: &str = "words";

fn main() -> ExitCode {
    match run(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of the output has closed the pipe.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            // An error here cannot be reported.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> io::Result<()> {
    let text = read_words()?;
    let words: Vec<&str> = text.lines().collect();
    let embeddings = Embeddings::open(MATRIX)?;
    if words.len() as u64 != embeddings.rows() {
        return Err(io::Error::other(format!(
            "`{LABELS}` has {} words for the {} rows of `{MATRIX}`; both are made together, by \
             `make.py`",
            words.len(),
            embeddings.rows()
        )));
    }
    if !arguments.is_empty() {
        return answer(&arguments.join(" "), &words, &embeddings);
    }
    for query in io::stdin().lines() {
        answer(&query?, &words, &embeddings)?;
    }
    Ok(())
}

/// Returns the words of all rows, one per line.
fn read_words() -> io::Result<String> {
    let words = StoreOptions::new().read_only(true).open(LABELS)?.get(WORDS)?;
    let words =
        words.ok_or_else(|| io::Error::other(format!("the store `{LABELS}` has no `{WORDS}`")))?;
    String::from_utf8(words)
        .map_err(|error| io::Error::other(format!("`{WORDS}` in `{LABELS}`: {error}")))
}

/// Prints the words that are most similar to the mean of the query's words, with their similarity.
/// Prints nothing for an empty query.
fn answer(query: &str, words: &[&str], embeddings: &Embeddings) -> io::Result<()> {
    let row = |word: &str| {
        let unknown =
            || io::Error::other(format!("`{word}` is not one of the {} words", words.len()));
        let row = words.iter().position(|known| *known == word).ok_or_else(unknown)?;
        Ok(row as u64)
    };
    let rows = query.split_whitespace().map(row).collect::<io::Result<Vec<_>>>()?;
    let mut output = io::stdout().lock();
    for found in embeddings.search(&embeddings.mean(&rows)?, 0..embeddings.rows())? {
        let row = usize::try_from(found.row).map_err(io::Error::other)?;
        writeln!(output, "{:.5}  {}", found.score, words[row])?;
    }
    Ok(())
}
