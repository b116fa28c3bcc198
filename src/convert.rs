//! Conversions between the types that bindings generate from the WIT and the types of the engine.

/// Implements the conversions for the bindings of one provider. `$wit` is a module with the
/// generated modules `array`, `store` and `errors`.
///
/// The bindings of both providers have the same names, so one macro serves both.
#[macro_export]
macro_rules! convert_wit {
    ($wit:ident) => {
        $crate::convert_wit!(@enum $wit::array::Mode, $crate::array::Mode,
            [ReadOnly CopyOnWrite ReadWrite Write], both);
        $crate::convert_wit!(@enum $wit::array::Order, $crate::layout::Order, [C F], both);
        $crate::convert_wit!(@enum $wit::array::Operation, $crate::array::Operation,
            [Sum Prod Min Max Mean Var Std Any All Argmin Argmax CountNonzero], in);
        $crate::convert_wit!(@enum $wit::array::NpyVersion, $crate::array::Version, [V1 V2 V3], in);
        $crate::convert_wit!(@enum $wit::array::Advice, $crate::region::Advice,
            [Normal Random Sequential WillNeed DontNeed HugePage NoHugePage], in);
        $crate::convert_wit!(@enum $wit::store::Durability, $crate::store::Durability,
            [None Data Full], in);
        $crate::convert_wit!(@enum $wit::errors::ErrorCode, $crate::error::ErrorCode,
            [NotFound AccessDenied Busy InvalidArgument OutOfBounds Truncated NoSpace LimitExceeded
             Closed Corrupt Unsupported Unavailable Interrupted Other], out);
        $crate::convert_wit!(@record $wit::array::MemmapOptions => $crate::array::OpenOptions,
            [dtype mode offset shape order]);
        $crate::convert_wit!(@record $wit::array::Slice => $crate::layout::Slice,
            [start stop step]);
        $crate::convert_wit!(@record $wit::array::Take => $crate::layout::Take, [indices shape]);
        $crate::convert_wit!(@record $wit::array::Mask => $crate::layout::Mask, [values shape]);
        $crate::convert_wit!(@record $wit::store::StoreOptions => $crate::store::OpenOptions,
            [create read_only durability]);
        $crate::convert_wit!(@record $crate::store::Findings => $wit::store::Findings,
            [unfinished outdated foreign foreign_names missing missing_keys]);

        impl From<$wit::array::NpyOptions> for $crate::array::NpyOptions {
            fn from(options: $wit::array::NpyOptions) -> Self {
                let $wit::array::NpyOptions { dtype, shape, order, version } = options;
                Self { dtype, shape, order: order.into(), version: version.map(Into::into) }
            }
        }

        impl From<$wit::array::Index> for $crate::layout::Index {
            fn from(index: $wit::array::Index) -> Self {
                match index {
                    $wit::array::Index::At(at) => Self::At(at),
                    $wit::array::Index::Slice(slice) => Self::Slice(slice.into()),
                    $wit::array::Index::Ellipsis => Self::Ellipsis,
                    $wit::array::Index::NewAxis => Self::NewAxis,
                    $wit::array::Index::Take(take) => Self::Take(take.into()),
                    $wit::array::Index::Mask(mask) => Self::Mask(mask.into()),
                }
            }
        }

        impl From<$crate::array::Info> for $wit::array::MemmapInfo {
            fn from(info: $crate::array::Info) -> Self {
                let $crate::array::Info {
                    dtype, item_size, shape, strides, order, offset, mode, writeable, filename,
                    size, nbytes,
                } = info;
                let (order, mode) = (order.map(Into::into), mode.into());
                Self {
                    dtype, item_size, shape, strides, order, offset, mode, writeable, filename,
                    size, nbytes,
                }
            }
        }

        impl From<$crate::array::Reduction> for $wit::array::Reduction {
            fn from(reduction: $crate::array::Reduction) -> Self {
                let $crate::array::Reduction { dtype, shape, data } = reduction;
                Self { dtype: dtype.to_string(), shape, data }
            }
        }

        impl From<$crate::error::Error> for $wit::errors::Error {
            fn from(error: $crate::error::Error) -> Self {
                Self { code: error.code().into(), message: error.into_message() }
            }
        }
    };
    (@enum $wit:path, $engine:path, $cases:tt, both) => {
        $crate::convert_wit!(@enum $wit, $engine, $cases, in);
        $crate::convert_wit!(@enum $wit, $engine, $cases, out);
    };
    (@enum $wit:path, $engine:path, [$($case:ident)+], in) => {
        impl From<$wit> for $engine {
            fn from(case: $wit) -> Self {
                use $wit as Wit;
                match case {
                    $(Wit::$case => Self::$case,)+
                }
            }
        }
    };
    (@enum $wit:path, $engine:path, [$($case:ident)+], out) => {
        impl From<$engine> for $wit {
            fn from(case: $engine) -> Self {
                use $engine as Engine;
                match case {
                    $(Engine::$case => Self::$case,)+
                }
            }
        }
    };
    (@record $from:path => $to:path, [$($field:ident)+]) => {
        impl From<$from> for $to {
            fn from(record: $from) -> Self {
                Self { $($field: record.$field.into(),)+ }
            }
        }
    };
}

/// Implements the conversions from the rules of `wasi:keyvalue` to the bindings of one provider.
/// `$wit` is the generated module `store` of that package.
#[macro_export]
macro_rules! convert_keyvalue {
    ($wit:ident) => {
        impl From<$crate::keyvalue::Error> for $wit::Error {
            fn from(error: $crate::keyvalue::Error) -> Self {
                match error {
                    $crate::keyvalue::Error::NoSuchStore => Self::NoSuchStore,
                    $crate::keyvalue::Error::AccessDenied => Self::AccessDenied,
                    $crate::keyvalue::Error::Other(message) => Self::Other(message),
                }
            }
        }

        impl From<$crate::keyvalue::Page> for $wit::KeyResponse {
            fn from(page: $crate::keyvalue::Page) -> Self {
                let $crate::keyvalue::Page { keys, cursor } = page;
                Self { keys, cursor }
            }
        }
    };
}
