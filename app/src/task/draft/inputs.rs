//! One list of fields for the two inputs of a task: as forms and the API send it, and as a document of a file has it.

/// Declares both. Fields in `both` are those of each, in the order of the document; those in `draft` are state, ids and
/// secrets, which no document has, and those in `document` are the names in their place.
macro_rules! inputs {
    (
        $(#[$draft_meta:meta])* draft $draft:ident;
        $(#[$document_meta:meta])* document $document:ident;
        both { $($(#[$what_meta:meta])* $what:ident: $what_type:ident $(<$what_of:ident>)?,)* }
        draft { $($(#[$own_meta:meta])* $own:ident: $own_type:ident $(<$own_of:ident>)?,)* }
        document { $($(#[$name_meta:meta])* $name:ident: $name_type:ident,)* }
        both { $($(#[$how_meta:meta])* $how:ident: $how_type:ident,)* }
    ) => {
        $(#[$draft_meta])*
        pub struct $draft {
            $($(#[$what_meta])* pub $what: $what_type $(<$what_of>)?,)*
            $($(#[$own_meta])* pub $own: $own_type $(<$own_of>)?,)*
            $($(#[$how_meta])* pub $how: $how_type,)*
        }

        $(#[$document_meta])*
        pub struct $document {
            $($(#[$what_meta])* pub $what: $what_type $(<$what_of>)?,)*
            $($(#[$name_meta])* pub $name: $name_type,)*
            $($(#[$how_meta])* pub $how: $how_type,)*
        }

        impl $document {
            /// The fields that both have; the others have their defaults.
            pub(in crate::task) fn of_draft(draft: $draft) -> Self {
                Self {
                    $($what: draft.$what,)*
                    $($name: Default::default(),)*
                    $($how: draft.$how,)*
                }
            }

            /// The same in the other direction.
            pub(in crate::task) fn to_draft(&self) -> $draft {
                $draft {
                    $($what: self.$what.clone(),)*
                    $($own: Default::default(),)*
                    $($how: self.$how.clone(),)*
                }
            }
        }
    };
}
pub(super) use inputs;
