namespace Undercroft.Hosting;

/// <summary>Settings of an application's storage. Checked once, when the host starts, then frozen.</summary>
/// <remarks>Configuration is read first, code has the last word: <c>Undercroft:Store</c>, and
/// <c>Undercroft:Storage:SweepInterval</c> and its siblings.</remarks>
public sealed class UndercroftOptions
{
    /// <summary>The configuration section these bind to.</summary>
    public const string SectionName = "Undercroft";

    /// <summary>The store, as a URI such as <c>sqlite:app.db</c>. Null, the default, leaves it to the environment:
    /// <c>UNDERCROFT_STORE</c>, else <c>STORAGE_BACKEND</c>, else memory.</summary>
    public string? Store { get; set; }

    /// <summary>The settings of <see cref="Undercroft.Storage"/>.</summary>
    public StorageOptions Storage { get; } = new();
}
