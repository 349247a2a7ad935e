namespace Undercroft;

/// <summary>The kinds of maintenance.</summary>
public enum MaintenanceKind
{
    /// <summary>Turns expired records into tombstones, for the feed.</summary>
    Expire = 0,

    /// <summary>Forgets tombstones and frees space. Cursors older than what was forgotten expire.</summary>
    Compact,

    /// <summary>Reads everything and reports what does not fit together. Changes nothing.</summary>
    Verify,

    /// <summary>Writes a copy of the store, as of one instant, while others go on writing.</summary>
    Backup,

    /// <summary>Counts records and bytes by collection.</summary>
    Measure,
}
