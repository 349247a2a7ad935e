namespace Undercroft.Conformance;

/// <summary>One backend in a <see cref="BackendTable"/>.</summary>
/// <param name="Name">What it is called there: its name, and what its setup depends on.</param>
/// <param name="Info">What an open store of it says of itself.</param>
/// <param name="Ways">How it does what stores do in different ways, by the name of what is done; a backend that says
/// nothing of one leaves its cell empty.</param>
public sealed record BackendRow(string Name, StoreInfo Info, IReadOnlyDictionary<string, string> Ways);
