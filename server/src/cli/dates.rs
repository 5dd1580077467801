//! Working days, retirement, identity numbers.

use super::{Answer, Failure, Outcome, each_line, print, read_text, say};
use clap::Args;
use serde_json::{Value, json};
use shared::calendar::Calendar;
use shared::idnumber::IdNumber;
use shared::retirement::{RetirementClass, YearMonth, statutory_month};
use shared::time::Date;
use std::path::PathBuf;

/// Arguments of `workday`.
#[derive(Args)]
pub struct Workday {
    /// Day from which to count; it is not counted itself.
    #[arg(long, required_unless_present = "stdin")]
    from: Option<String>,
    /// Working days to add.
    #[arg(long, required_unless_present = "stdin")]
    add: Option<u32>,
    /// Read lines `2026-09-30 5` and answer each by a line.
    #[arg(long, conflicts_with_all = ["from", "add"])]
    stdin: bool,
    /// Calendar files to use instead of the built-in ones.
    #[arg(long, value_name = "FILE")]
    calendar: Vec<PathBuf>,
}

/// Arguments of `retirement`.
#[derive(Args)]
pub struct Retirement {
    /// Month of birth, `1965-03`.
    #[arg(long, required_unless_present = "stdin")]
    birth: Option<String>,
    /// `male`, `female50` or `female55`.
    #[arg(long = "as", required_unless_present = "stdin")]
    class: Option<String>,
    /// Read lines `1965-03 male` and answer each by a line.
    #[arg(long, conflicts_with_all = ["birth", "class"])]
    stdin: bool,
}

/// Arguments of `idnumber`.
#[derive(Args)]
pub struct Idnumber {
    /// Identity number (GB 11643).
    #[arg(required_unless_present = "stdin")]
    number: Option<String>,
    /// Read a number a line and answer each by a line.
    #[arg(long, conflicts_with = "number")]
    stdin: bool,
}

impl Workday {
    /// Runs the command.
    pub fn run(self) -> Answer {
        let calendar = self.calendar()?;
        if self.stdin {
            return each_line(|line| {
                match parse_pair(line).and_then(|(from, add)| day_after(&calendar, from, add)) {
                    Ok(day) => day,
                    Err(why) => format!("error: {why}"),
                }
            });
        }
        let (Some(from), Some(add)) = (self.from, self.add) else {
            return Err(Failure::Usage("give --from and --add, or --stdin".to_owned()));
        };
        let from = Date::parse(&from).map_err(|e| Failure::Usage(e.to_string()))?;
        say(day_after(&calendar, from, add).map_err(Failure::Refused)?);
        Ok(Outcome::Yes)
    }

    fn calendar(&self) -> Result<Calendar, Failure> {
        if self.calendar.is_empty() {
            return Ok(crate::builtin::calendar()?);
        }
        let mut years = Vec::new();
        for path in &self.calendar {
            let text = read_text(path)?;
            let year = shared::wire::calendar::parse(&text);
            years.push(year.map_err(|e| Failure::Refused(format!("{}: {e}", path.display())))?);
        }
        Ok(Calendar::new(years))
    }
}

impl Retirement {
    /// Runs the command.
    pub fn run(self) -> Answer {
        if self.stdin {
            return each_line(|line| {
                let (birth, class) = line.split_once(' ').unwrap_or((line, ""));
                retirement(birth, class).unwrap_or_else(|why| format!("error: {why}"))
            });
        }
        let (birth, class) = (self.birth.unwrap_or_default(), self.class.unwrap_or_default());
        say(retirement(&birth, &class).map_err(Failure::Usage)?);
        Ok(Outcome::Yes)
    }
}

impl Idnumber {
    /// Runs the command.
    pub fn run(self) -> Answer {
        if self.stdin {
            return each_line(|line| idnumber(line).0.to_string());
        }
        let (document, valid) = idnumber(self.number.as_deref().unwrap_or_default());
        print(&document);
        Ok(if valid { Outcome::Yes } else { Outcome::No })
    }
}

fn parse_pair(line: &str) -> Result<(Date, u32), String> {
    let (from, add) = line.split_once(' ').ok_or("a line is a day and a number of working days")?;
    let from = Date::parse(from).map_err(|e| e.to_string())?;
    let add = add.trim().parse().map_err(|_| format!("'{add}' is not a number of working days"))?;
    Ok((from, add))
}

fn day_after(calendar: &Calendar, from: Date, add: u32) -> Result<String, String> {
    calendar.add_working_days(from, add).map(|day| day.to_string()).map_err(|e| e.to_string())
}

fn retirement(birth: &str, class: &str) -> Result<String, String> {
    let birth = YearMonth::parse(birth).map_err(|e| e.to_string())?;
    let class = RetirementClass::from_word(class.trim())
        .ok_or_else(|| format!("'{class}' is not male, female50 or female55"))?;
    Ok(statutory_month(birth, class).to_string())
}

fn idnumber(text: &str) -> (Value, bool) {
    match IdNumber::parse(text) {
        Ok(id) => {
            let (birth, sex, division) = (id.birth().to_string(), id.sex().word(), id.division());
            (json!({"valid": true, "birth": birth, "sex": sex, "division": division}), true)
        }
        Err(e) => (json!({"valid": false, "reason": e.word()}), false),
    }
}
