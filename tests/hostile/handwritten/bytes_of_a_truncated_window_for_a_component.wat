;; Passes a window whose file was truncated to another component, which returns the sum of the
;; bytes. Only the first 100 are in the file.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $allocate (local.get 2) (local.get 3)))
(func (export "run")
  (local $array i32) (local $other i32)
  (local.set $array (call $open_file (i32.const 2)))
  (local.set $other (call $open_file (i32.const 2)))
  (call $place_window (local.get $array))
  (call $resize (local.get $other) (i64.const 100) (i32.const 0x100))
  (call $assert_case (i32.const 0))
  (call $assert
    (i64.eq (call $sum (i32.const 0x20000) (i32.const 0x10000)) (i64.const 4950))))
