//! The whole benchmark, with tiny sizes: every work still runs in every way and returns the same.

use std::path::Path;
use std::process::Command;

#[test]
fn every_table_has_a_picture_and_times_in_every_row() {
    let output = Command::new(env!("CARGO_BIN_EXE_filemap-bench")).arg("--tiny").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let folder = Path::new(env!("CARGO_BIN_EXE_filemap-benched")).ancestors().nth(2).unwrap();
    let folder = folder.join("bench");
    let page = std::fs::read_to_string(folder.join("report.md")).unwrap();
    let tables = page.lines().filter(|line| line.starts_with("## ")).count();
    assert!(tables >= 20, "{page}");
    let pictures: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("![")?.split_once("](")?.1.strip_suffix(')'))
        .collect();
    assert_eq!(pictures.len(), tables + 1, "a picture for each table, and one of all");
    for picture in pictures {
        let svg = std::fs::read_to_string(folder.join(picture)).unwrap();
        assert!(svg.contains("</svg>"), "{picture}");
        let png = std::fs::read(folder.join(picture.replace(".svg", ".png"))).unwrap();
        assert!(png.starts_with(b"\x89PNG"), "{picture}");
    }
}
