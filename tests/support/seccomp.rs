//! Processes and threads for which the kernel refuses system calls, as a sandbox or an old kernel
//! does.

#![allow(unsafe_code, reason = "filters are installed between `fork` and `exec`, and by `prctl`")]

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Makes the kernel answer the system call `number` with the error `errno`, in the process that the
/// command starts and in all of its children.
pub(crate) fn refuse(command: &mut Command, number: i64, errno: i32) -> &mut Command {
    let filter = filter(&[number], errno);
    // SAFETY: `install` makes system calls only; it neither allocates nor locks.
    unsafe { command.pre_exec(move || install(&filter)) }
}

/// Makes the kernel answer these system calls with the error `errno` in this thread, and in the
/// threads that it starts from now on.
pub(crate) fn refuse_in_this_thread(numbers: &[i64], errno: i32) {
    install(&filter(numbers, errno)).expect("the kernel has filters of system calls");
}

/// Returns a program that answers these system calls with an error, and allows all others.
fn filter(numbers: &[i64], errno: i32) -> Vec<libc::sock_filter> {
    let errno = u32::try_from(errno).expect("an error number");
    let statement = |code: u32, jt, jf, k| libc::sock_filter {
        code: u16::try_from(code).expect("an instruction"),
        jt,
        jf,
        k,
    };
    // The number of the system call is the first field of `seccomp_data`.
    let mut filter = vec![statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0)];
    for &number in numbers {
        let number = u32::try_from(number).expect("the number of a system call");
        filter.push(statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 1, number));
        filter.push(statement(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ERRNO | errno));
    }
    filter.push(statement(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW));
    filter
}

/// Installs a filter for this thread.
fn install(filter: &[libc::sock_filter]) -> io::Result<()> {
    let len = filter.len().try_into().map_err(|_| io::ErrorKind::InvalidInput)?;
    let program = libc::sock_fprog { len, filter: filter.as_ptr().cast_mut() };
    // SAFETY: plain system calls. The kernel copies the program, which has `len` instructions, and
    // does not write to it.
    let failed = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            || libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) != 0
    };
    if failed { Err(io::Error::last_os_error()) } else { Ok(()) }
}
