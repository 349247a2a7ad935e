using System.Globalization;
using Undercroft.Redis.Client;
using Undercroft.Servers;

namespace Undercroft.Redis.Tests;

/// <summary>The name of a store of a test's own on a server that others use too; its keys go with it.</summary>
internal sealed class StoreName(RedisServer server) : IAsyncDisposable
{
    /// <summary>The name.</summary>
    public string Name { get; } = $"test-{Guid.CreateVersion7():N}";

    /// <summary>Settings for the store.</summary>
    public RedisStoreOptions Options()
    {
        var uri = new Uri(server.Address);
        var user = uri.UserInfo.Split(':', 2);
        return new RedisStoreOptions
        {
            Hosts = string.Create(CultureInfo.InvariantCulture, $"{server.Host}:{server.Port}"),
            StoreName = Name,
            User = user[0].Length == 0 ? null : Uri.UnescapeDataString(user[0]),
            Password = user.Length < 2 ? null : Uri.UnescapeDataString(user[1]),
        };
    }

    /// <summary>Opens a client of the server.</summary>
    public async Task<RedisClient> ConnectAsync()
    {
        var options = Options();
        var port = server.Port;
        return await RedisClient.OpenAsync(
            new RedisClientOptions
            {
                Endpoints = [new RedisEndpoint(server.Host, port)],
                User = options.User,
                Password = options.Password,
            },
            TestContext.Current.CancellationToken);
    }

    /// <summary>Deletes the keys of the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (server is { IsExternal: false, IsRunning: false })
        {
            return;
        }

        await using var client = await ConnectAsync();
        var cursor = "0";
        do
        {
            using var page = await client.SendAsync(
                client.Create("SCAN"u8).Add(cursor).Add("MATCH"u8).Add($"uc:{{{Name}}}:*").Add("COUNT"u8).Add(1000));
            var parts = page.ToArray();
            cursor = parts[0].Text;
            if (parts[1].Count > 0)
            {
                var delete = client.Create("UNLINK"u8);
                foreach (var key in parts[1])
                {
                    _ = delete.AddKey(key.Bytes.Span);
                }

                (await client.SendAsync(delete)).Dispose();
            }
        }
        while (cursor != "0");
    }
}
