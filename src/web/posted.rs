//! A form that was sent from a page of ours.

use super::error::PageError;
use super::session::Session;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, Request};
use std::collections::HashMap;

/// The fields of a form that came with the session's word. There is no other way to a form's fields, so that no page can
/// forget to ask for it.
pub(super) struct Posted {
    pub(super) session: Session,
    fields: HashMap<String, String>,
}

impl Posted {
    /// A field; empty if it was not sent, as an unticked box is not.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Posted, PageError> {
        let session = request.extensions().get::<Session>().cloned();
        let session = session.ok_or_else(PageError::not_signed_in)?;
        let form: Result<Form<HashMap<String, String>>, FormRejection> = Form::from_request(request, state).await;
        let Form(fields) = form.map_err(|error| PageError::bad_form(&error.body_text()))?;
        let csrf = fields.get("csrf").map_or("", String::as_str);
        if !session.is_own_form(csrf) {
            return Err(PageError::stale_form());
        }
        Ok(Posted { session, fields })
    }
}
