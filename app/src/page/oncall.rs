//! The data of the page of rotas.

use serde::{Deserialize, Serialize};

use super::Clockface;
use crate::error::{AppError, FieldError};
use crate::oncall::{OverrideDraft, RotaDraft, RotaView, SwapDraft};

/// The page of rotas: all of them, or one with the forms that change it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RotasPage {
    /// Clock and zone.
    pub clock: Clockface,
    /// All rotas by name, or the one that is shown.
    pub rotas: Vec<RotaView>,
    /// Whether one is shown with its forms.
    pub one: bool,
    /// Names of all zones, for those who may set a rota.
    pub zones: Vec<String>,
    /// The content of the forms.
    pub form: RotaForm,
    /// Faults by field; no two forms of the page have a field of the same name.
    pub faults: Vec<FieldError>,
    /// A failure that concerns no single field.
    pub error: Option<AppError>,
}

/// What is typed on the page of rotas.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RotaForm {
    /// The name of a new rota.
    pub name: String,
    /// The rota; empty where another form was sent.
    pub rota: RotaDraft,
    /// Another person for a time.
    pub stand_in: OverrideDraft,
    /// Two weeks that change places.
    pub swap: SwapDraft,
}
