//! A command that does what its arguments say, for the tests of `filemap run`. It does not import
//! `filemap:data`.

use std::io;

const USAGE: &str = "usage: command args|env|cat|complain|succeed|fail|exit CODE|abort|panic|spin|\
    flood|grow BYTES|read PATH|write PATH TEXT";

fn main() -> Result<(), String> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["args", ..] => println!("{:?}", &words[1..]),
        ["env"] => println!("{:?}", std::env::vars().collect::<Vec<_>>()),
        ["cat"] => _ = io::copy(&mut io::stdin(), &mut io::stdout()).map_err(text)?,
        ["complain"] => eprintln!("it is raining"),
        ["succeed"] => {}
        ["fail"] => return Err("it was asked to".into()),
        ["exit", code] => std::process::exit(code.parse().map_err(text)?),
        ["abort"] => std::process::abort(),
        ["panic"] => panic!("it was asked to"),
        ["spin"] => loop {
            std::hint::black_box(());
        },
        ["flood"] => loop {
            println!("{}", "water ".repeat(100));
        },
        ["grow", bytes] => {
            let mut memory = Vec::<u8>::new();
            match memory.try_reserve_exact(bytes.parse().map_err(text)?) {
                Ok(()) => println!("got {bytes} bytes"),
                Err(_) => println!("no memory for {bytes} bytes"),
            }
        }
        ["read", path] => print!("{}", std::fs::read_to_string(path).map_err(text)?),
        ["write", path, content] => std::fs::write(path, content).map_err(text)?,
        _ => return Err(USAGE.into()),
    }
    Ok(())
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
