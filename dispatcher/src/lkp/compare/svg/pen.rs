//! Writes SVG's elements. Escaping is quick-xml's.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use super::style;

/// A place, from the upper left corner.
type At = (f64, f64);

/// What a point looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Square,
    Triangle,
    Diamond,
    Plus,
}

impl Shape {
    /// How many there are.
    pub(super) const COUNT: usize = 5;

    const ALL: [Self; Self::COUNT] = [
        Self::Circle,
        Self::Square,
        Self::Triangle,
        Self::Diamond,
        Self::Plus,
    ];

    /// A shape per container; all are circles when there are not enough shapes.
    pub(super) fn of(containers: &[u32]) -> Vec<(u32, Self)> {
        let enough = containers.len() <= Self::COUNT;
        let shapes = Self::ALL.into_iter().cycle();
        containers
            .iter()
            .zip(shapes)
            .map(|(container, shape)| (*container, if enough { shape } else { Self::Circle }))
            .collect()
    }

    /// Of about the same area as a circle of radius `r`.
    fn path(self, (x, y): At, r: f64) -> String {
        match self {
            Self::Circle => format!(
                "M{:.1} {y:.1}a{r:.1} {r:.1} 0 1 0 {d:.1} 0a{r:.1} {r:.1} 0 1 0 -{d:.1} 0z",
                x - r,
                d = 2.0 * r
            ),
            Self::Square => {
                let s = r * 1.8;
                format!(
                    "M{:.1} {:.1}h{s:.1}v{s:.1}h-{s:.1}z",
                    x - s / 2.0,
                    y - s / 2.0
                )
            }
            Self::Triangle => {
                let s = r * 1.3;
                format!(
                    "M{x:.1} {:.1}l{s:.1} {:.1}h-{:.1}z",
                    y - s,
                    2.0 * s,
                    2.0 * s
                )
            }
            Self::Diamond => {
                let s = r * 1.35;
                format!(
                    "M{x:.1} {:.1}l{s:.1} {s:.1}l-{s:.1} {s:.1}l-{s:.1} -{s:.1}z",
                    y - s
                )
            }
            Self::Plus => {
                let (a, b) = (r * 0.45, r * 0.9);
                format!(
                    "M{:.1} {:.1}h{w:.1}v{b:.1}h{b:.1}v{w:.1}h-{b:.1}v{b:.1}h-{w:.1}v-{b:.1}h-{b:.1}v-{w:.1}h{b:.1}z",
                    x - a,
                    y - a - b,
                    w = 2.0 * a
                )
            }
        }
    }
}

/// A drawing under way.
pub(super) struct Pen(Writer<Vec<u8>>);

impl Pen {
    /// Begins a drawing with an empty sheet.
    pub(super) fn new(width: f64, height: f64, title: &str) -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        let (width, height) = (format!("{width:.0}"), format!("{height:.0}"));
        let mut start = BytesStart::new("svg");
        start.extend_attributes([
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("width", width.as_str()),
            ("height", height.as_str()),
            ("viewBox", &format!("0 0 {width} {height}")),
            ("role", "img"),
        ]);
        writer.write_event(Event::Start(start))?;
        let mut pen = Self(writer);
        pen.content("title", &[], title)?;
        pen.content("style", &[], style::CSS)?;
        let sheet = [("class", "paper"), ("width", &width), ("height", &height)];
        pen.empty("rect", &sheet)?;
        Ok(pen)
    }

    /// The whole drawing.
    pub(super) fn finish(mut self) -> io::Result<String> {
        self.0.write_event(Event::End(BytesEnd::new("svg")))?;
        let mut text = String::from_utf8(self.0.into_inner()).map_err(io::Error::other)?;
        text.push('\n');
        Ok(text)
    }

    pub(super) fn text(&mut self, (x, y): At, class: &str, text: &str) -> io::Result<()> {
        let (x, y) = (format!("{x:.1}"), format!("{y:.1}"));
        self.content("text", &[("x", &x), ("y", &y), ("class", class)], text)
    }

    pub(super) fn line(&mut self, from: At, to: At, class: &str) -> io::Result<()> {
        let path = format!("M{:.1} {:.1}L{:.1} {:.1}", from.0, from.1, to.0, to.1);
        self.empty("path", &[("d", &path), ("class", class)])
    }

    pub(super) fn polyline(&mut self, at: impl Iterator<Item = At>, class: &str) -> io::Result<()> {
        let places: Vec<String> = at.map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        self.empty(
            "polyline",
            &[("points", &places.join(" ")), ("class", class)],
        )
    }

    pub(super) fn swatch(&mut self, (x, y): At, class: &str) -> io::Result<()> {
        let path = format!("M{x:.1} {y:.1}h11v11h-11z");
        self.empty("path", &[("d", &path), ("class", class)])
    }

    /// A point; `told` is shown when it is pointed at.
    pub(super) fn marker(
        &mut self,
        at: At,
        shape: Shape,
        radius: f64,
        class: &str,
        told: &str,
    ) -> io::Result<()> {
        let (path, class) = (shape.path(at, radius), format!("dot {class}"));
        let attributes = [("d", path.as_str()), ("class", &class)];
        if told.is_empty() {
            return self.empty("path", &attributes);
        }
        let element = self.0.create_element("path").with_attributes(attributes);
        element.write_inner_content(|writer| {
            let title = writer.create_element("title");
            title.write_text_content(BytesText::new(told)).map(drop)
        })?;
        Ok(())
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        let element = self.0.create_element(name);
        element
            .with_attributes(attributes.iter().copied())
            .write_empty()?;
        Ok(())
    }

    fn content(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        let element = self.0.create_element(name);
        let element = element.with_attributes(attributes.iter().copied());
        element.write_text_content(BytesText::new(text))?;
        Ok(())
    }
}
