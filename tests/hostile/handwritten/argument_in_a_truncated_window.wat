;; Passes bytes of a window whose file was truncated: they are zeroes.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $allocate (local.get 2) (local.get 3)))
(func (export "run")
  (local $array i32) (local $other i32)
  (local.set $array (call $open_file (i32.const 2)))
  (local.set $other (call $open_file (i32.const 2)))
  (call $place_window (local.get $array))
  (call $resize (local.get $other) (i64.const 100) (i32.const 0x100))
  (call $assert_case (i32.const 0))
  (call $write_bytes
    (local.get $other) (i64.const 0) (i32.const 0x23000) (i32.const 50) (i32.const 0x100))
  (call $assert_case (i32.const 0)))
