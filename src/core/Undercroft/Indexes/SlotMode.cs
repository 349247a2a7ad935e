namespace Undercroft.Indexes;

/// <summary>What of a path's values a slot captures.</summary>
internal enum SlotMode
{
    /// <summary>The values, encoded.</summary>
    Value = 0,

    /// <summary>The values, encoded, times as instants.</summary>
    Time,

    /// <summary>A null for each time the path is there, whatever it holds.</summary>
    Presence,

    /// <summary>Where in the document the values are, objects whole, arrays element by element.</summary>
    Element,
}
