public import LeakAnalysis

/// The analysis for people: a headline and a summary on one screen, then findings, then sessions by account and holder.
public enum TextReport {
    /// The whole report.
    ///
    /// Strings from the dump are shown with control characters and marks of direction escaped; no line is wider than the style says.
    public static func render(_ analysis: Analysis, style: TextStyle) -> String {
        var text = TextSummary(analysis, style: style).render()
        text += TextDetails(analysis, style: style).render()
        return text
    }

    /// Headline and summary alone: at most 24 lines of at most `style.width` columns.
    public static func renderSummary(_ analysis: Analysis, style: TextStyle) -> String {
        TextSummary(analysis, style: style).render()
    }
}
