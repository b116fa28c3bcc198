;; Uses a handle that it has dropped.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $allocate (local.get 2) (local.get 3)))
(func (export "run")
  (local $array i32)
  (local.set $array (call $open_file (i32.const 0)))
  (call $drop_array (local.get $array))
  (call $read_bytes (local.get $array) (i64.const 0) (i64.const 9) (i32.const 0x100)))
