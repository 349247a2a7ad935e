using System.Text;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;

namespace Undercroft.Redis.Upkeep;

/// <summary>Removes the keys of a store, in steps, the row with the others: whoever has it open hears that it is gone.
/// </summary>
/// <param name="caller">Calls the server.</param>
/// <param name="info">What the store is.</param>
/// <param name="translate">Makes of an error what callers see.</param>
internal sealed class StoreRemoval(FunctionCaller caller, StoreInfo info, Func<Exception, Exception> translate)
    : IRemovableStore
{
    private const int Step = 1_000;

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(CancellationToken cancellationToken = default)
    {
        if (info.Capabilities.HasFlag(StoreCapabilities.ReadOnly))
        {
            throw RedisErrors.Refuse(
                StoreErrorKind.ReadOnly, info.Location ?? RedisErrors.Backend, "it is open for reading only",
                "Open it for writing to remove it.");
        }

        try
        {
            var cursor = "0";
            do
            {
                cursor = await StepAsync(cursor, cancellationToken).ConfigureAwait(false);
            }
            while (cursor != "0");
        }
        catch (Exception error) when (error is RedisException or InvalidDataException)
        {
            throw translate(error);
        }
    }

    private async ValueTask<string> StepAsync(string cursor, CancellationToken cancellationToken)
    {
        // The first command names the key, and so the server of a cluster that has them all.
        using var reply = await caller.Client.SendAsync(
            caller.Client.Create("EXISTS"u8).AddKey(caller.Keys.Row)
                .Next("SCAN"u8).Add(cursor).Add("MATCH"u8).Add(Pattern).Add("COUNT"u8).Add(Step)
                .Repeatable(),
            cancellationToken).ConfigureAwait(false);
        var answer = reply.ToArray()[1];
        if (answer.IsError)
        {
            throw ServerErrors.Of(answer.Text, default, "SCAN", secret: null);
        }

        var page = answer.ToArray();
        var keys = page[1].ToArray();
        if (keys.Length > 0)
        {
            var command = caller.Client.Create("UNLINK"u8);
            foreach (var key in keys)
            {
                _ = command.AddKey(key.Bytes.Span);
            }

            using var removed = await caller.Client.SendAsync(command.Repeatable(), cancellationToken)
                .ConfigureAwait(false);
        }

        return page[0].Text;
    }

    // A name may hold what a pattern has a meaning for.
    private string Pattern
    {
        get
        {
            var pattern = new StringBuilder();
            foreach (var one in caller.Keys.Prefix)
            {
                _ = (one is '*' or '?' or '[' or ']' or '\\' or '^' ? pattern.Append('\\') : pattern).Append(one);
            }

            return pattern.Append('*').ToString();
        }
    }
}
