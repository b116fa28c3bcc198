;; The component that others pass bytes to.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $allocate (local.get 2) (local.get 3)))
(func (export "filemap:handwritten/sink#prepare")
  (call $place_window (call $open_file (i32.const 0)))
  (global.set $target (i32.const 0x20000)))
(func (export "filemap:handwritten/sink#sum") (param $bytes i32) (param $length i32) (result i64)
  (local $sum i64)
  (block $end
    (loop $next
      (br_if $end (i32.eqz (local.get $length)))
      (local.set $sum (i64.add (local.get $sum) (i64.load8_u (local.get $bytes))))
      (local.set $bytes (i32.add (local.get $bytes) (i32.const 1)))
      (local.set $length (i32.sub (local.get $length) (i32.const 1)))
      (br $next)))
  (local.get $sum))
