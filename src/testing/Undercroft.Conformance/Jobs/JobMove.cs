namespace Undercroft.Conformance.Jobs;

/// <summary>A step of a random run: what to do, and numbers that choose to whom.</summary>
internal sealed record JobMove(string What, int A, int B, int C)
{
    private static readonly string[] Whats =
    [
        "enqueue", "enqueue", "enqueue", "claim", "claim", "settle", "settle", "settle", "advance", "renew", "open",
        "maintain", "cancel", "requeue",
    ];

    public static JobMove Make(Random chance) => new(
        Whats[chance.Next(Whats.Length)], chance.Next(1000), chance.Next(1000), chance.Next(1000));
}
