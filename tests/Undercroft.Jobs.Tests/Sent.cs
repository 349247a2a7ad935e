using System.Text.Json.Serialization;

namespace Undercroft.Jobs.Tests;

public sealed record Sent(string To, int Number = 0);

[JsonSerializable(typeof(Sent))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
internal sealed partial class TestJson : JsonSerializerContext;

internal static class Kinds
{
    public static readonly JobDefinition<Sent> Mail = new("mail", TestJson.Default.Sent);

    public static readonly CollectionDefinition<Sent> Ledger = new("ledger", TestJson.Default.Sent);
}
