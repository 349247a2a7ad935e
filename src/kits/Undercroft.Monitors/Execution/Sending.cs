using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>One request, ready to be sent.</summary>
internal sealed record Sending(string Method, Uri Uri, IReadOnlyList<Header> Headers, JsonElement? Body);

/// <summary>One header of it.</summary>
internal readonly record struct Header(string Name, string Value, bool IsSecret);
