//! Colours and letters.

/// The style sheet: dark ink on light paper, and the reverse where the reader prefers it. It has no `<`, `>`, `&` or quotes, so
/// it is the same text with and without escaping.
pub(super) const CSS: &str = "
 svg{font:12px system-ui,sans-serif} .big{font-size:17px;font-weight:600} .small{font-size:11px}
 .middle{text-anchor:middle} .end{text-anchor:end}
 .grid,.base,.trend,.median{fill:none} .base{stroke-dasharray:5 4} .median{stroke-width:3} .trend{stroke-width:1.2}
 .dot{fill-opacity:.72}
 .paper{fill:#ffffff} .ink{fill:#1f2328} .soft,.plain{fill:#59636e} .grid{stroke:#dfe3e8} .base,.trend{stroke:#818b98}
 .r0{fill:#6e7781;stroke:#6e7781} .r1{fill:#0072b2;stroke:#0072b2} .r2{fill:#d55e00;stroke:#d55e00}
 .r3{fill:#009e73;stroke:#009e73} .r4{fill:#cc79a7;stroke:#cc79a7} .r5{fill:#e69f00;stroke:#e69f00}
 .r6{fill:#56b4e9;stroke:#56b4e9}
 @media (prefers-color-scheme:dark){
 .paper{fill:#0d1117} .ink{fill:#e6edf3} .soft,.plain{fill:#9198a1} .grid{stroke:#2a313c} .base,.trend{stroke:#7d8590}
 .r0{fill:#a5adb8;stroke:#a5adb8} .r1{fill:#3b9fdd;stroke:#3b9fdd} .r2{fill:#f27d3f;stroke:#f27d3f}
 .r3{fill:#22bd91;stroke:#22bd91}
 }
";

/// The class of a run's colour: grey for the base, then Okabe's and Ito's, again and again.
pub(super) fn color(run: usize) -> &'static str {
    const OTHERS: [&str; 6] = ["r1", "r2", "r3", "r4", "r5", "r6"];
    match run {
        0 => "r0",
        run => OTHERS[(run - 1) % OTHERS.len()],
    }
}
