namespace Undercroft.Migrations;

/// <summary>What a rollback does with documents that were written since they were migrated.</summary>
public enum RollbackMode
{
    /// <summary>They stay as they are, and are reported.</summary>
    KeepChanged = 0,

    /// <summary>They are taken down by steps, with what was changed; those that cannot be are reported.</summary>
    TakeDownChanged,

    /// <summary>They get their originals back, and what was changed is lost; deleted ones come back too. Those that
    /// have no original, because they were created since, are reported.</summary>
    OverwriteChanged,
}
