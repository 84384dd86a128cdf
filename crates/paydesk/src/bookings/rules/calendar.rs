//! Calendars as RFC 5545 writes them: events in UTC, lines of at most 75 bytes, texts escaped. Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The longest line, in bytes, without its end.
const LINE_BYTES_MAX: usize = 75;

/// One session in a calendar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event<'a> {
    /// The booking, by which a calendar finds the event again.
    pub booking_id: &'a str,
    /// What the session is called.
    pub summary: &'a str,
    /// When it begins, microseconds.
    pub starts_at_us: i64,
    /// When it ends, microseconds.
    pub ends_at_us: i64,
    /// How often it changed: a calendar takes the greater one.
    pub sequence: i64,
    /// When it last changed, microseconds.
    pub changed_at_us: i64,
    /// Whether it takes place.
    pub is_on: bool,
}

/// Writes a calendar of these events.
pub fn write(name: &str, events: &[Event<'_>]) -> String {
    let mut text = String::new();
    line(&mut text, "BEGIN:VCALENDAR");
    line(&mut text, "VERSION:2.0");
    line(&mut text, "PRODID:-//paydesk//bookings//EN");
    line(&mut text, "CALSCALE:GREGORIAN");
    line(&mut text, "METHOD:PUBLISH");
    line(&mut text, &format!("X-WR-CALNAME:{}", escaped(name)));
    for event in events {
        line(&mut text, "BEGIN:VEVENT");
        line(&mut text, &format!("UID:{}@paydesk", event.booking_id));
        line(&mut text, &format!("DTSTAMP:{}", stamp(event.changed_at_us)));
        line(&mut text, &format!("DTSTART:{}", stamp(event.starts_at_us)));
        line(&mut text, &format!("DTEND:{}", stamp(event.ends_at_us)));
        line(&mut text, &format!("SEQUENCE:{}", event.sequence));
        line(
            &mut text,
            if event.is_on {
                "STATUS:CONFIRMED"
            } else {
                "STATUS:CANCELLED"
            },
        );
        line(&mut text, &format!("SUMMARY:{}", escaped(event.summary)));
        line(&mut text, "END:VEVENT");
    }
    line(&mut text, "END:VCALENDAR");
    text
}

/// A moment in UTC, such as 20260330T080000Z.
fn stamp(at_us: i64) -> String {
    let at = Timestamp::from_microsecond(at_us).unwrap_or(Timestamp::UNIX_EPOCH);
    let wall = TimeZone::UTC.to_datetime(at);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        wall.year(),
        wall.month(),
        wall.day(),
        wall.hour(),
        wall.minute(),
        wall.second()
    )
}

/// A text in which nothing ends the line or the value.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '\\' | ';' | ',' => escaped.extend(['\\', one]),
            '\n' => escaped.push_str("\\n"),
            one if one.is_control() => {}
            one => escaped.push(one),
        }
    }
    escaped
}

/// Adds a line; what does not fit goes on in the next ones, which begin with a space.
fn line(text: &mut String, whole: &str) {
    let mut room = LINE_BYTES_MAX;
    for one in whole.chars() {
        if one.len_utf8() > room {
            text.push_str("\r\n ");
            room = LINE_BYTES_MAX - 1;
        }
        text.push(one);
        room -= one.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_is_written_as_the_standard_says() {
        let event = Event {
            booking_id: "bkg_1",
            summary: "Mix, mend; \\ and\nmaster \u{1f3b5}",
            starts_at_us: 1_774_857_600_000_000,
            ends_at_us: 1_774_861_200_000_000,
            sequence: 2,
            changed_at_us: 0,
            is_on: true,
        };
        let text = write("Acme", &[event]);
        let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//paydesk//bookings//EN\r\nCALSCALE:GREGORIAN\r\n\
                        METHOD:PUBLISH\r\nX-WR-CALNAME:Acme\r\nBEGIN:VEVENT\r\nUID:bkg_1@paydesk\r\nDTSTAMP:19700101T000000Z\r\n\
                        DTSTART:20260330T080000Z\r\nDTEND:20260330T090000Z\r\nSEQUENCE:2\r\nSTATUS:CONFIRMED\r\n\
                        SUMMARY:Mix\\, mend\\; \\\\ and\\nmaster \u{1f3b5}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let name = "\u{e4}".repeat(200);
        let text = write(&name, &[]);
        for line in text.split("\r\n") {
            assert!(line.len() <= LINE_BYTES_MAX, "{line}");
        }
        assert!(text.replace("\r\n ", "").contains(&name));
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    }
}
