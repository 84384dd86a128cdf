//! Account links: the address of the page where the owner of a connected account tells what Stripe has to know. It can be
//! opened once, within five minutes.

use serde_json::{Value, json};

use crate::state::{State, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation};

/// Seconds within which a link has to be opened.
const LIFE_SECONDS: i64 = 300;

pub(crate) const OPERATIONS: &[Operation] = &[Operation::post(
    "/v1/account_links",
    "account*:id collect:(currently_due|eventually_due) collection_options:{fields*:(currently_due|eventually_due) \
     future_requirements:(include|omit)} refresh_url:id return_url:id type*:(account_onboarding|account_update)",
    create,
)];

fn create(call: &mut Call<'_>) -> Answer {
    let account = call.text("account").unwrap_or_default().to_owned();
    let found = call.state.referred("account", &account, "account")?;
    let collects = &found["controller"]["requirement_collection"];
    if call.text("type") == Some("account_update") && collects == "stripe" {
        let message = "You cannot create `account_update` type Account Links for this account. Stripe collects its \
                       requirements: use `account_onboarding`.";
        return Err(ApiError::param("type", message));
    }
    for name in ["refresh_url", "return_url"] {
        let url = call.text(name).ok_or_else(|| ApiError::missing(name))?;
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        if rest.is_none_or(|rest| rest.is_empty() || rest.starts_with('/')) {
            return Err(ApiError::param(name, "Not a valid URL").code("url_invalid"));
        }
    }
    let token = format!("{account}/{}", call.state.dice.token(16));
    let value = json!({
        "id": token,
        "object": "account_link",
        "created": call.state.now(),
        "expires_at": call.state.now() + LIFE_SECONDS,
        "url": format!("{}/setup/s/{token}", call.state.base_url),
        "_account_of": account,
        "_opened": false,
        "_done": false,
        "_refresh_url": call.value("refresh_url"),
        "_return_url": call.value("return_url"),
    });
    let mut answer = rendered(&value);
    call.state.insert("account_link", value);
    if let Value::Object(members) = &mut answer {
        members.shift_remove("id");
    }
    Ok(answer)
}

/// What a visit of the page finds.
pub(crate) enum Visit {
    /// The page can be shown: the account that is asked about.
    Open(Value),
    /// The link has been used, or its time is over: where the owner gets a new one.
    Over(String),
    Unknown,
}

/// The first visit opens the page; the form on it is sent by whoever opened it.
pub(crate) fn open(state: &mut State, token: &str) -> Visit {
    let Some(link) = state.find("account_link", token).cloned() else {
        return Visit::Unknown;
    };
    let is_late = link["expires_at"].as_i64().is_none_or(|time| time <= state.now());
    if is_late || link["_opened"] == true {
        return Visit::Over(text(&link, "_refresh_url").to_owned());
    }
    state.set(token, "_opened", true);
    Visit::Open(link)
}

/// The link behind a form that was sent: opened, and not done with.
pub(crate) fn answered(state: &State, token: &str) -> Visit {
    match state.find("account_link", token) {
        None => Visit::Unknown,
        Some(link) if link["_opened"] == true && link["_done"] == false => Visit::Open(link.clone()),
        Some(link) => Visit::Over(text(link, "_refresh_url").to_owned()),
    }
}

/// The owner leaves the page, having told everything or not: where they go.
pub(crate) fn leave(state: &mut State, link: &Value) -> String {
    state.set(text(link, "id"), "_done", true);
    text(link, "_return_url").to_owned()
}
