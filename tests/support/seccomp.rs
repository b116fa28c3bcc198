//! Processes for which the kernel refuses a system call, as a sandbox or an old kernel does.

#![allow(unsafe_code, reason = "the filter is installed between `fork` and `exec`")]

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Makes the kernel answer the system call `number` with the error `errno`, in the process that the
/// command starts and in all of its children.
pub(crate) fn refuse(command: &mut Command, number: i64, errno: i32) -> &mut Command {
    let number = u32::try_from(number).expect("the number of a system call");
    let errno = u32::try_from(errno).expect("an error number");
    let statement = |code: u32, jt, jf, k| libc::sock_filter {
        code: u16::try_from(code).expect("an instruction"),
        jt,
        jf,
        k,
    };
    let filter = [
        // The number of the system call is the first field of `seccomp_data`.
        statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0),
        statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 1, number),
        statement(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ERRNO | errno),
        statement(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let install = move || {
        let mut filter = filter;
        let program = libc::sock_fprog { len: 4, filter: filter.as_mut_ptr() };
        // SAFETY: plain system calls. The kernel copies the program, which has four instructions.
        let failed = unsafe {
            libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
                || libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program)
                    != 0
        };
        if failed { Err(io::Error::last_os_error()) } else { Ok(()) }
    };
    // SAFETY: `install` makes system calls only; it neither allocates nor locks.
    unsafe { command.pre_exec(install) }
}
