//! The dispatch of a program with cases: its argument is the name of a case.

/// The name of the case that the program is to run.
pub(crate) fn case_name() -> String {
    std::env::args().nth(1).expect("the first argument is the name of a case")
}

/// Ends a program that has no case of this name.
pub(crate) fn unknown_case(name: &str) -> ! {
    panic!("there is no case `{name}`")
}

/// Returns from `main` with the call of a case, if the list has a case with the name of the
/// argument. The cases are the functions of the module `cases`: a function that the list lacks is
/// never used, and the compiler warns about it.
macro_rules! run_case {
    ($($case:ident)*) => {
        match $crate::dispatch::case_name().as_str() {
            $(stringify!($case) => return cases::$case(),)*
            _ => {}
        }
    };
}

pub(crate) use run_case;
