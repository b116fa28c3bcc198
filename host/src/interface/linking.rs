//! How host functions are added to a linker, in either form.

use wasmtime::component::{Linker, LinkerInstance};

use crate::CtxView;

/// The form in which host functions are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Each function returns when its work is done.
    Synchronous,
    /// A function that may wait for a disk returns a future.
    Asynchronous,
}

/// An interface in a linker.
pub(super) struct Interface<'a, T: 'static> {
    pub(super) instance: LinkerInstance<'a, T>,
    /// Borrows the parts of the embedder's state that the functions use.
    pub(super) view: fn(&mut T) -> CtxView<'_>,
    pub(super) form: Form,
    /// The name, for spans.
    pub(super) name: &'static str,
}

impl<'a, T: 'static> Interface<'a, T> {
    pub(super) fn new(
        linker: &'a mut Linker<T>,
        name: &'static str,
        view: fn(&mut T) -> CtxView<'_>,
        form: Form,
    ) -> wasmtime::Result<Self> {
        let instance = linker.instance(&format!("filemap:data/{name}@0.1.0"))?;
        Ok(Self { instance, view, form, name })
    }

    /// Like [`new`](Self::new), for an interface of `wasi:keyvalue`.
    #[cfg(feature = "keyvalue")]
    pub(super) fn of_keyvalue(
        linker: &'a mut Linker<T>,
        name: &'static str,
        view: fn(&mut T) -> CtxView<'_>,
        form: Form,
    ) -> wasmtime::Result<Self> {
        let instance = linker.instance(&format!("wasi:keyvalue/{name}@0.2.0-draft"))?;
        Ok(Self { instance, view, form, name })
    }
}

/// Adds functions to an [`Interface`]. Each line has the name in the WIT and the function of the
/// generated trait that implements it, which has the types:
///
/// - `inline`: a function that touches no disk. It is synchronous in both forms.
/// - `blocking`: an `async` function, which may wait for a disk. In the synchronous form its work
///   is done when it is first polled.
/// - `resource`, `blocking_resource`: the same for the destructor of a resource.
macro_rules! link_functions {
    ($interface:ident: $(
        $kind:ident $name:literal = $trait:ident::$function:ident($($arguments:tt)*);
    )*) => {
        $(link_functions!(@$kind $interface, $name, $trait::$function($($arguments)*));)*
    };
    (
        @inline $interface:ident, $name:literal, $trait:ident::$function:ident($($argument:ident),*)
    ) => {{
        let (view, interface) = ($interface.view, $interface.name);
        $interface.instance.func_wrap(
            $name,
            move |mut store: StoreContextMut<'_, T>, ($($argument,)*)| {
                let _entered = CallSpan::new(interface, $name).enter();
                let mut host = Host::synchronous(view(store.data_mut()));
                $trait::$function(&mut host, $($argument),*).into_wit()
            },
        )?;
    }};
    (
        @blocking $interface:ident, $name:literal,
        $trait:ident::$function:ident($($argument:ident),*)
    ) => {{
        let (view, interface) = ($interface.view, $interface.name);
        match $interface.form {
            Form::Synchronous => $interface.instance.func_wrap(
                $name,
                move |mut store: StoreContextMut<'_, T>, ($($argument,)*)| {
                    let _entered = CallSpan::new(interface, $name).enter();
                    let mut host = Host::synchronous(view(store.data_mut()));
                    now($trait::$function(&mut host, $($argument),*)).into_wit()
                },
            )?,
            Form::Asynchronous => $interface.instance.func_wrap_async(
                $name,
                move |mut store: StoreContextMut<'_, T>, ($($argument,)*)| {
                    Box::new(CallSpan::new(interface, $name).instrument(async move {
                        let mut host = Host::asynchronous(view(store.data_mut()));
                        $trait::$function(&mut host, $($argument),*).await.into_wit()
                    }))
                },
            )?,
        }
    }};
    (
        @resource $interface:ident, $name:literal, $trait:ident::$function:ident($resource:ty)
    ) => {{
        let (view, interface) = ($interface.view, $interface.name);
        $interface.instance.resource(
            $name,
            ResourceType::host::<$resource>(),
            move |mut store: StoreContextMut<'_, T>, handle| {
                let _entered = CallSpan::new(interface, concat!("[drop]", $name)).enter();
                let mut host = Host::synchronous(view(store.data_mut()));
                $trait::$function(&mut host, Resource::new_own(handle))
            },
        )?;
    }};
    (
        @blocking_resource $interface:ident, $name:literal,
        $trait:ident::$function:ident($resource:ty)
    ) => {{
        let (view, interface) = ($interface.view, $interface.name);
        let resource = ResourceType::host::<$resource>();
        match $interface.form {
            Form::Synchronous => $interface.instance.resource(
                $name,
                resource,
                move |mut store: StoreContextMut<'_, T>, handle| {
                    let _entered = CallSpan::new(interface, concat!("[drop]", $name)).enter();
                    let mut host = Host::synchronous(view(store.data_mut()));
                    now($trait::$function(&mut host, Resource::new_own(handle)))
                },
            )?,
            Form::Asynchronous => $interface.instance.resource_async(
                $name,
                resource,
                move |mut store: StoreContextMut<'_, T>, handle| {
                    let span = CallSpan::new(interface, concat!("[drop]", $name));
                    Box::new(span.instrument(async move {
                        let mut host = Host::asynchronous(view(store.data_mut()));
                        $trait::$function(&mut host, Resource::new_own(handle)).await
                    }))
                },
            )?,
        }
    }};
}
pub(super) use link_functions;
