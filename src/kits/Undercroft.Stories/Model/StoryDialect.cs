namespace Undercroft.Stories;

/// <summary>The language that the text of passages is written in.</summary>
public enum StoryDialect
{
    /// <summary>None of the others: only bracket links are understood.</summary>
    Unknown = 0,

    /// <summary>Harlowe: <c>(macro: …)</c> and hooks.</summary>
    Harlowe,

    /// <summary>SugarCube: <c>&lt;&lt;macro …&gt;&gt;</c>.</summary>
    SugarCube,

    /// <summary>Chapbook: variables section, <c>{inserts}</c> and <c>[modifiers]</c>.</summary>
    Chapbook,

    /// <summary>Snowman: JavaScript templates.</summary>
    Snowman,
}
