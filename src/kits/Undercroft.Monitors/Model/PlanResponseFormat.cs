namespace Undercroft.Monitors;

/// <summary>How assertions read a response's body.</summary>
public enum PlanResponseFormat
{
    /// <summary><c>JSON</c>: by a path of names and positions.</summary>
    Json = 0,

    /// <summary><c>XML</c>: by XPath 1.0.</summary>
    Xml,

    /// <summary><c>TEXT</c>: as one text.</summary>
    Text,
}
