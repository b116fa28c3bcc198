;; Uses up its stack while it has a window.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $allocate (local.get 2) (local.get 3)))
(func $recurse (param i32) (result i32)
  (i32.add (call $recurse (i32.add (local.get 0) (i32.const 1))) (local.get 0)))
(func (export "run")
  (call $place_window (call $open_file (i32.const 0)))
  (drop (call $recurse (i32.const 0))))
