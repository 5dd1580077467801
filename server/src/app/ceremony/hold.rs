//! A ceremony within a transaction: opened by the centre's commitment, frozen, and handed to the draw.

use super::HoldError;
use crate::app::draws::{CENTRE, Draws};
use crate::db::ceremonies::{self as rows, CeremonyRow, PartyRow};
use crate::db::{Conn, DbError, events, world};
use crate::entropy::Entropy;
use crate::event::{Actor, DrawCommitted, DrawFrozen, DrawRevealed, Event, Fact, InputHash, Sealed};
use crate::seal::Sealer;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::draw::ceremony::{Ceremony, PartyState, Refusal, Stage, State, commitment};
use shared::ids::RuleSetId;
use shared::time::Instant;
use shared::wire::transcript::Secret;

/// What every step has at hand.
#[derive(Clone)]
pub(in crate::app) struct Hall {
    /// Now.
    pub at: Instant,
    /// Who.
    pub actor: Actor,
    /// Seals secrets and inputs.
    pub sealer: Sealer,
    /// Where the centre's secrets come from.
    pub entropy: Entropy,
}

/// A ceremony with its parties.
pub(in crate::app) struct Hold {
    /// The ceremony.
    pub row: CeremonyRow,
    /// Its parties, the centre first.
    pub parties: Vec<PartyRow>,
    /// What the rules see of it.
    pub rules: Ceremony,
    /// Which draws it is for.
    pub stage: Stage,
}

impl Hall {
    /// Of the application, for somebody, now.
    pub fn of(app: &crate::app::App, actor: Actor) -> Self {
        let (sealer, entropy) = (app.sealer.clone(), app.entropy.clone());
        Self { at: app.clock.now(), actor, sealer, entropy }
    }

    /// Writes a fact down.
    pub fn append(&self, conn: &mut Conn, fact: Fact) -> Result<(), DbError> {
        events::append(conn, &Event::new(self.at, self.actor.clone(), fact)).map(drop)
    }

    /// Opens the next ceremony of a subject: the centre commits to a secret.
    pub fn open(&self, conn: &mut Conn, stage: Stage, subject: &str) -> Result<String, HoldError> {
        let before = rows::newest(conn, subject, stage.word())?.map_or(0, |c| c.round);
        let round = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
        let ceremony = format!("{subject}.{stage}.{round}");
        let secret = self.entropy.draw_secret(&ceremony)?;
        let fact = DrawCommitted {
            ceremony: ceremony.clone(),
            stage: stage.word().to_owned(),
            subject: subject.to_owned(),
            round,
            party: CENTRE.to_owned(),
            commitment: commitment(&secret),
            secret: Some(self.sealer.seal("draw.secret", &hex::encode(secret))?),
        };
        self.append(conn, Fact::DrawCommitted(fact))?;
        Ok(ceremony)
    }

    /// Opens a ceremony unless the subject has one that is under way.
    pub fn open_unless_under_way(
        &self,
        conn: &mut Conn,
        stage: Stage,
        subject: &str,
    ) -> Result<(), HoldError> {
        let newest = rows::newest(conn, subject, stage.word())?;
        if newest.is_some_and(|c| matches!(c.state.as_str(), "open" | "frozen")) {
            Ok(())
        } else {
            self.open(conn, stage, subject).map(drop)
        }
    }

    /// The ceremony of a subject that the centre can carry through by one order, because nobody else takes part.
    pub fn alone(&self, conn: &mut Conn, stage: Stage, subject: &str) -> Result<Hold, HoldError> {
        let newest = rows::newest(conn, subject, stage.word())?;
        let under_way = newest.filter(|c| matches!(c.state.as_str(), "open" | "frozen"));
        let id = match under_way {
            Some(row) => row.id,
            None => self.open(conn, stage, subject)?,
        };
        let hold = Hold::load(conn, &id)?.ok_or_else(|| DbError::corrupt("ceremony", "it is gone"))?;
        hold.rules.freeze().map_err(HoldError::Refused)?;
        if hold.rules.is_alone() { Ok(hold) } else { Err(HoldError::Others(id)) }
    }
}

impl Hold {
    /// A ceremony by its id.
    pub fn load(conn: &mut Conn, id: &str) -> Result<Option<Self>, DbError> {
        let Some(row) = rows::ceremony(conn, id)? else { return Ok(None) };
        let parties = rows::parties(conn, id)?;
        let (state, stage) = State::from_word(&row.state)
            .zip(Stage::from_word(&row.stage))
            .ok_or_else(|| DbError::corrupt("ceremony", "unknown state or stage"))?;
        let party = |p: &PartyRow| PartyState {
            name: p.name.clone(),
            commitment: p.commitment.clone(),
            revealed: p.revealed_at.is_some(),
        };
        let rules = Ceremony {
            state,
            parties: parties.iter().map(party).collect(),
            announced: row.announced.is_some(),
            numbered: row.public_number.is_some(),
        };
        Ok(Some(Self { row, parties, rules, stage }))
    }

    /// The same after something was written down.
    pub fn again(&self, conn: &mut Conn) -> Result<Self, DbError> {
        Self::load(conn, &self.row.id)?.ok_or_else(|| DbError::corrupt("ceremony", "it is gone"))
    }

    /// Sessions for which it is drawn.
    pub fn sessions(&self) -> Result<Vec<String>, DbError> {
        world::json("ceremony", &self.row.sessions)
    }

    /// Writes the input down. From here on it cannot change.
    pub fn freeze(
        &self,
        conn: &mut Conn,
        hall: &Hall,
        sessions: Vec<String>,
        (inputs, input): (Vec<InputHash>, &impl Serialize),
    ) -> Result<Self, HoldError> {
        self.rules.freeze()?;
        self.no_other(conn, &sessions)?;
        let text = serde_json::to_string(input).map_err(|e| DbError::corrupt("input", e))?;
        let input = hall.sealer.seal("draw.input", &text)?;
        let fact = DrawFrozen { ceremony: self.row.id.clone(), sessions, inputs, input };
        hall.append(conn, Fact::DrawFrozen(fact))?;
        Ok(self.again(conn)?)
    }

    /// That no other frozen ceremony draws from the same seats or for the same sessions, and that none of the sessions has parties of
    /// its own.
    fn no_other(&self, conn: &mut Conn, sessions: &[String]) -> Result<(), HoldError> {
        for session in sessions {
            let Some(row) = crate::db::sessions::session(conn, session)? else { continue };
            let frozen = match self.stage {
                Stage::Staff => rows::frozen_with(conn, self.stage.word(), session)?,
                Stage::Seats | Stage::QuestionSets => rows::seats_frozen_at(conn, &row.point, &row.day)?,
            };
            if let Some(other) = frozen {
                return Err(HoldError::InTheWay(other));
            }
            let own = rows::newest(conn, session, self.stage.word())?.filter(|c| c.id != self.row.id);
            let own = own.map(|c| Self::load(conn, &c.id)).transpose()?.flatten();
            if let Some(own) = own.filter(|c| c.rules.state == State::Open && !c.rules.is_alone()) {
                return Err(HoldError::Others(own.row.id));
            }
        }
        Ok(())
    }

    /// The frozen input.
    pub fn input<T: DeserializeOwned>(&self, sealer: &Sealer) -> Result<T, HoldError> {
        let sealed = self.row.input.clone().ok_or(Refusal::State(self.rules.state))?;
        Ok(world::json("input", &sealer.open("draw.input", &Sealed(sealed))?)?)
    }

    /// Everything that the draws of this ceremony have in common. The centre's secret is revealed by it.
    pub fn draws(
        &self,
        conn: &mut Conn,
        hall: &Hall,
        subject: String,
        rule_set: RuleSetId,
    ) -> Result<Draws, HoldError> {
        let mut parties = Vec::with_capacity(self.parties.len());
        for (place, party) in self.parties.iter().enumerate() {
            let sealed = party.secret.clone().ok_or(HoldError::Refused(Refusal::State(self.rules.state)))?;
            let secret = hall.sealer.open("draw.secret", &Sealed(sealed))?;
            let bytes = hex::decode(&secret).map_err(|e| DbError::corrupt("secret", e))?;
            if place == 0 {
                let secret = hall.sealer.seal("draw.secret", &secret)?;
                let (ceremony, party) = (self.row.id.clone(), party.name.clone());
                hall.append(conn, Fact::DrawRevealed(DrawRevealed { ceremony, party, secret }))?;
            }
            parties.push(Secret { name: party.name.clone(), bytes });
        }
        Ok(Draws {
            subject,
            rule_set,
            at: hall.at,
            sealer: hall.sealer.clone(),
            ceremony: self.row.id.clone(),
            parties,
            public_number: self.row.public_number.clone(),
        })
    }
}
