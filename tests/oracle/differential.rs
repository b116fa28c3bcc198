//! Random programs: numpy, and filemap under both providers, do the same steps on arrays and must
//! answer the same.

use super::PROVIDERS;
use super::python::python;
use super::random::for_each_seed;
use super::support::folders::Folders;
use super::support::run::run;

/// The programs of one seed; `cargo xtask test --long` has a hundred seeds.
const PROGRAMS: usize = 250;

#[test]
fn random_programs_come_out_as_in_numpy() {
    for_each_seed(|random| {
        let folders = Folders::new();
        let (seed, count) = (random.below(1 << 32).to_string(), PROGRAMS.to_string());
        let work = folders.work();
        let work = work.to_str().expect("temporary folders have plain names");
        println!("the programs: python -I -B tests/oracle/differential make {seed} {count} FOLDER");
        python("tests/oracle/differential", ["make", &seed, &count, work]);
        for provider in PROVIDERS {
            let answers = format!("{provider:?}").to_lowercase();
            let outcome = run(
                provider,
                "differential",
                &["work/program", &format!("work/{answers}")],
                &folders,
            );
            // First of all the answers: of a plugin that trapped they tell in which step.
            python("tests/oracle/differential", ["compare", work, &answers]);
            assert_eq!((outcome.exit, &*outcome.stderr), (Ok(0), ""), "{provider:?}");
        }
    });
}
