//! Texts of the pages.

crate::texts! {
    /// Texts of the pages.
    Ui {
        product: "Jcrontab" | "Jcrontab",
    }
}
