namespace Undercroft.Monitors;

/// <summary>Names a secret without holding it.</summary>
/// <param name="Provider">The provider's name, such as <c>env</c> or <c>file</c>.</param>
/// <param name="Reference">What the provider calls it.</param>
/// <param name="Version">Which version; null means the provider's newest.</param>
/// <param name="Field">Which field of a secret that is a JSON object; null means all of it.</param>
public sealed record SecretReference(
    string Provider, string Reference, string? Version = null, string? Field = null);
