//! Random programs on arrays: filemap under both providers must give the same answers as numpy.

use super::python::python;
use super::random::for_each_seed;
use super::support::cases::BOTH_PROVIDERS;
use super::support::folders::Folders;
use super::support::run::run;

/// The number of programs for each seed. `cargo xtask test --long` runs a hundred seeds.
const PROGRAMS: usize = 250;

#[test]
fn random_programs_give_the_answers_of_numpy() {
    for_each_seed(|random| {
        let folders = Folders::new();
        let (seed, count) = (random.below(1 << 32).to_string(), PROGRAMS.to_string());
        let work = folders.work();
        let work = work.to_str().expect("the path of a temporary folder is UTF-8");
        println!("to repeat: python -I -B tests/oracle/differential make {seed} {count} FOLDER");
        python("tests/oracle/differential", ["make", &seed, &count, work]);
        for provider in BOTH_PROVIDERS {
            let answers = format!("{provider:?}").to_lowercase();
            let outcome = run(
                provider,
                "differential",
                &["work/program", &format!("work/{answers}")],
                &folders,
            );
            // Compare before looking at the exit code: if the plugin has trapped, the missing
            // answers show at which step.
            python("tests/oracle/differential", ["compare", work, &answers]);
            assert_eq!((outcome.exit, &*outcome.stderr), (Ok(0), ""), "{provider:?}");
        }
    });
}
