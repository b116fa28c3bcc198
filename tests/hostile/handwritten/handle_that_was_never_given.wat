;; Uses a handle that the host has not given.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $allocate (local.get 2) (local.get 3)))
(func (export "run")
  (call $read_bytes (i32.const 77) (i64.const 0) (i64.const 9) (i32.const 0x100)))
