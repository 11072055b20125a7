//! A stand-in for Stripe: its HTTP API as far as subscriptions need it, and the signed events that it sends.
//!
//! It behaves as the documents of Stripe say, and refuses what they do not mention, so that a field that is spelled wrong
//! does not pass. In one thing it is stricter: a request must say which version of the API it speaks, since an account has a
//! default that a test cannot know. People on the pages of Stripe are played by the test.

mod events;
mod form;
mod keys;
mod objects;
mod refusal;
mod routes;
#[cfg(test)]
mod tests;

pub use refusal::Trouble;

use crate::{Asked, Said, Service};
use domain::Clock;
use form::Form;
use futures::future::BoxFuture;
use objects::Objects;
use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};

/// The version of the API that it speaks.
pub(crate) const VERSION: &str = "2025-08-27.basil";

/// An account at Stripe.
#[derive(Debug)]
pub struct Stripe {
    key: String,
    clock: Arc<dyn Clock>,
    objects: Mutex<Objects>,
    answers: Mutex<keys::Answers>,
    troubles: Mutex<VecDeque<Trouble>>,
    asked: Mutex<Vec<Asked>>,
}

impl Stripe {
    /// An account with this secret key and nothing in it.
    pub fn new(key: &str, clock: Arc<dyn Clock>) -> Self {
        Self {
            key: key.to_owned(),
            clock,
            objects: Mutex::default(),
            answers: Mutex::default(),
            troubles: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    /// Lets a request that would be answered go wrong. The first that was told comes first.
    pub fn trouble(&self, trouble: Trouble) {
        self.troubles.lock().push_back(trouble);
    }

    /// Every request so far, those that were refused included.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().clone()
    }

    /// Offers a price of a product by the month, and says its id.
    pub fn offer(&self, product: &str, amount: i64, currency: &str) -> String {
        self.objects.lock().offer(product, amount, currency, self.now())
    }

    /// Takes a price off the list.
    pub fn withdraw(&self, price: &str) {
        self.objects.lock().withdraw(price);
    }

    /// How many customers, checkout sessions and subscriptions there are.
    pub fn counts(&self) -> (usize, usize, usize) {
        self.objects.lock().counts()
    }

    /// What is kept of a customer.
    pub fn customer(&self, id: &str) -> Option<serde_json::Value> {
        self.objects.lock().customer(id).cloned()
    }

    /// Lets a customer pay on the page of a checkout session, and says the id of the subscription that comes of it. Events
    /// wait to be sent.
    ///
    /// # Panics
    /// If there is no such session, or it is not open.
    pub fn pay(&self, session: &str) -> String {
        self.objects.lock().pay(session, self.now())
    }

    /// Lets a customer cancel on the portal, which sets a date and no mark, as it does for subscriptions that are billed
    /// flexibly.
    ///
    /// # Panics
    /// If there is no such subscription.
    pub fn cancel_on_portal(&self, subscription: &str) {
        self.objects.lock().cancel_on_portal(subscription, self.now());
    }

    /// Lets the next payment for a subscription fail.
    ///
    /// # Panics
    /// If there is no such subscription.
    pub fn fail_payment(&self, subscription: &str) {
        self.objects.lock().fail_payment(subscription, self.now());
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millis().div_euclid(1000)
    }

    /// Who asks, in which version, and in which form; the answer comes of what is asked.
    fn judge(&self, asked: &Asked) -> Said {
        match asked.header("authorization") {
            None => return refusal::no_key(),
            Some(value) if value.strip_prefix("Bearer ") == Some(self.key.as_str()) => {}
            Some(_) => return refusal::wrong_key(),
        }
        if asked.header("stripe-version") != Some(VERSION) {
            return refusal::version();
        }
        let is_form = asked.header("content-type").is_some_and(|kind| kind == "application/x-www-form-urlencoded");
        if asked.method == "POST" && !is_form {
            return refusal::content_type();
        }
        let encoded = if asked.method == "POST" {
            String::from_utf8_lossy(&asked.body).into_owned()
        } else {
            asked.query.clone()
        };
        let Some(form) = Form::read(&encoded) else { return refusal::encoding() };
        let trouble = self.troubles.lock().pop_front();
        let begun = || match trouble {
            Some(Trouble::Broken) => refusal::broken(),
            Some(Trouble::CardDeclined) => refusal::card_declined(),
            _ => routes::answer(&mut self.objects.lock(), asked, &form, self.now()),
        };
        match trouble {
            Some(Trouble::Limited(seconds)) => return refusal::limited(seconds),
            Some(Trouble::Overloaded) => return refusal::overloaded(),
            Some(Trouble::Cut) => return Said::nothing(),
            _ => {}
        }
        let said = match asked.header("idempotency-key").filter(|_| asked.method == "POST") {
            Some(key) => self.answers.lock().once(key, asked, begun),
            None => begun(),
        };
        if trouble == Some(Trouble::AnswerLost) { Said::nothing() } else { said }
    }
}

impl Service for Stripe {
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Said> {
        self.asked.lock().push(asked.clone());
        let said = self.judge(&asked);
        let number = self.asked.lock().len();
        let said = said.header("request-id", format!("req_{number:08}")).header("stripe-version", VERSION);
        Box::pin(std::future::ready(said))
    }
}
