;; Asks for the result of a call at an odd address.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $allocate (local.get 2) (local.get 3)))
(func (export "run")
  (call $read_bytes (call $open_file (i32.const 0)) (i64.const 0) (i64.const 9) (i32.const 0x101)))
