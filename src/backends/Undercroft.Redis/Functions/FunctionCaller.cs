using Undercroft.Redis.Client;
using Undercroft.Redis.Records;

namespace Undercroft.Redis.Functions;

/// <summary>Calls the functions of a store, and loads them where the server lacks them: it is new, was flushed, or has
/// taken the place of another.</summary>
/// <param name="client">The client.</param>
/// <param name="library">The functions.</param>
/// <param name="keys">The keys of the store.</param>
internal sealed class FunctionCaller(IRedisClient client, FunctionLibrary library, StoreKeys keys)
{
    private const int LoadsMax = 3;

    public FunctionLibrary Library => library;

    public StoreKeys Keys => keys;

    public IRedisClient Client => client;

    /// <summary>Begins a call; its arguments follow.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="isReading">Whether it only reads, and may be repeated.</param>
    public RedisCommand Begin(byte[] function, bool isReading)
    {
        var command = client.Create(isReading ? "FCALL_RO"u8 : "FCALL"u8).Add(function).Add(1).AddKey(keys.Row);
        return isReading ? command.Repeatable() : command;
    }

    /// <summary>Calls a function that only reads, or that may be repeated.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="write">Adds its arguments.</param>
    /// <param name="isReading">Whether it only reads.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RedisException">The server refused it.</exception>
    public async ValueTask<RedisReply> CallAsync(
        byte[] function, Action<RedisCommand> write, bool isReading, CancellationToken cancellationToken)
    {
        for (var loads = 0; ; loads++)
        {
            var command = Begin(function, isReading).Repeatable();
            write(command);
            try
            {
                return await client.SendAsync(command, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisException error) when (IsMissing(error) && loads < LoadsMax)
            {
                await LoadAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Says whether an error tells that the server lacks the functions.</summary>
    public static bool IsMissing(RedisException error) =>
        error.Code == "ERR" && error.ServerText.Contains("Function not found", StringComparison.Ordinal);

    /// <summary>Loads the functions where they are not there.</summary>
    public async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        // The first command names the key, and so the server of a cluster that needs them.
        using var reply = await client.SendAsync(
            client.Create("EXISTS"u8).AddKey(keys.Row)
                .Next("FUNCTION"u8).Add("LOAD"u8).Add(library.Text)
                .Repeatable(),
            cancellationToken).ConfigureAwait(false);
        var answer = reply.ToArray()[1];
        if (answer.IsError && !answer.Text.Contains("already exists", StringComparison.Ordinal))
        {
            var text = answer.Text;
            throw ServerErrors.Of(text, default, "FUNCTION LOAD", secret: null);
        }
    }
}
